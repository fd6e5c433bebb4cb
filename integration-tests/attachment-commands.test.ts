/** `tsnet attach`, `detach` and `check`: what plugins are called with, and in which order. */
import { parseDocument } from './cni-call';
import {
  chain,
  configDir,
  configure,
  fakes,
  host,
  id,
  results,
  succeed,
  tsnet,
  writeCache,
} from './network-command-suite';
import { binFolder } from './private-host';

describe('attach', () => {
  test('runs the plugins in order, each with the result of the one before', () => {
    configure(chain());
    const last = { cniVersion: '1.1.0', ips: [{ address: '10.0.0.2/24' }], foreign: { kept: true } };
    fakes.answer('first', 'ADD', { cniVersion: '1.1.0', interfaces: [{ name: 'a' }] });
    fakes.answer('third', 'ADD', last);
    const done = tsnet(['attach', 'n', 'c1']);
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('stderr of first') });
    expect(parseDocument(done.stdout)).toEqual(last);

    const [first, second, third] = fakes.takeCalls();
    expect(first!.env).toEqual({
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: id,
      CNI_NETNS: '/run/netns/c1',
      CNI_IFNAME: 'eth0',
      CNI_ARGS: '',
      CNI_PATH: fakes.folder,
    });
    expect(first!.stdin).toEqual({ type: 'first', name: 'n', cniVersion: '1.1.0', own: { kept: [1] } });
    expect(second!.stdin.prevResult).toEqual({ cniVersion: '1.1.0', interfaces: [{ name: 'a' }] });
    expect(third!.stdin.prevResult).toEqual({ cniVersion: '1.1.0' });
  });

  test('hands arguments and capabilities to the plugins, again at check and detach', () => {
    configure(chain());
    succeed(
      'attach',
      'n',
      'c1',
      '--ifname',
      'net1',
      '--container-id',
      'x',
      '--args',
      'A=1',
      '--args',
      'B=2;C=3',
      '--capability-args',
      '{"mac":"02:00:00:00:00:01","ips":[]}',
    );
    succeed('check', 'n', 'c1', '--ifname', 'net1', '--container-id', 'x');
    succeed('detach', 'n', 'c1', '--ifname', 'net1', '--container-id', 'x');
    const calls = fakes.takeCalls();
    expect(calls).toHaveLength(9);
    for (const { env, type, stdin } of calls) {
      expect(env).toMatchObject({ CNI_ARGS: 'A=1;B=2;C=3', CNI_IFNAME: 'net1', CNI_CONTAINERID: 'x' });
      expect(stdin.runtimeConfig).toEqual(type === 'second' ? { mac: '02:00:00:00:00:01' } : undefined);
      expect(stdin).not.toHaveProperty('capabilities');
    }
  });

  test('takes the highest version offered, and converts results to it', () => {
    configure(chain({ cniVersion: '0.4.0', cniVersions: ['0.3.1', '1.0.0', '9.9.9'] }));
    fakes.answer('third', 'ADD', { cniVersion: '0.2.0', ip4: { ip: '10.0.0.2/24' } });
    const result = parseDocument(succeed('attach', 'n', 'c1'));
    expect(result).toEqual({ cniVersion: '1.0.0', ips: [{ address: '10.0.0.2/24' }] });
    expect(fakes.takeCalls().map(({ stdin }) => stdin.cniVersion)).toEqual(['1.0.0', '1.0.0', '1.0.0']);
  });

  test('after a failure runs DEL of every plugin and caches nothing', () => {
    configure(chain());
    fakes.answer('second', 'ADD', { code: 11, msg: 'try later', details: 'busy' }, 1);
    const done = tsnet(['attach', 'n', 'c1']);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain('tsnet: run ADD of plugin "second": try later (CNI error 11): busy\n');
    expect(fakes.takeOrder()).toEqual(['ADD first', 'ADD second', 'DEL third', 'DEL second', 'DEL first']);
    expect(host.sh(`ls ${results} 2>/dev/null || true`)).toBe('');
  });

  test('runs no plugin when one is missing', () => {
    configure(chain({ plugins: [{ type: 'first' }, { type: 'absent' }] }));
    expect(tsnet(['attach', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"absent"'),
    });
    expect(fakes.takeCalls()).toEqual([]);
  });

  test('does not touch an interface that is attached already', () => {
    configure(chain());
    configure(chain({ name: 'other' }));
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    for (const name of ['n', 'other'])
      expect(tsnet(['attach', name, 'c1'])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('network "n" already'),
      });
    expect(fakes.takeCalls()).toEqual([]);
    succeed('attach', 'other', 'c1', '--ifname', 'eth1');
  });

  test('tries again while a plugin is being written', async () => {
    configure(chain());
    const untilFirstRan = `i=0; while [ $i -lt 600 ] && ! ls ${fakes.log}/call-* ; do sleep 0.05; i=$((i + 1)); done`;
    const writer = host.execAsync([
      'sh',
      '-c',
      `exec 3>>${fakes.folder}/second; echo > ${fakes.log}/held; (${untilFirstRan}) >/dev/null 2>&1; sleep 0.5`,
    ]);
    host.sh(`i=0; while [ $i -lt 600 ] && ! [ -e ${fakes.log}/held ]; do sleep 0.05; i=$((i + 1)); done`);
    const env = { NETCONFPATH: configDir, CNI_PATH: fakes.folder };
    const attached = await host.execAsync([`${binFolder}/tsnet`, 'attach', 'n', 'c1'], { env });
    expect(attached).toMatchObject({ code: 0 });
    expect(await writer).toMatchObject({ code: 0 });
  });
});

describe('detach', () => {
  test('runs the plugins backwards, each with the final result; twice is fine', () => {
    configure(chain());
    const last = { cniVersion: '1.1.0', ips: [{ address: '10.0.0.2/24' }] };
    fakes.answer('third', 'ADD', last);
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    expect(succeed('detach', 'n', 'c1')).toBe('');
    const calls = fakes.takeCalls();
    expect(calls.map(({ type }) => type)).toEqual(['third', 'second', 'first']);
    for (const { stdin } of calls) expect(stdin.prevResult).toEqual(last);
    expect(host.sh(`ls ${results}`)).toBe('');
    succeed('detach', 'n', 'c1');
    for (const { stdin } of fakes.takeCalls()) expect(stdin).not.toHaveProperty('prevResult');
  });

  test('stops at the first failure and keeps the cache for another try', () => {
    configure(chain());
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    fakes.answer('second', 'DEL', 'no JSON', 1);
    expect(tsnet(['detach', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"no JSON"'),
    });
    expect(fakes.takeOrder()).toEqual(['DEL third', 'DEL second']);
    expect(host.sh(`ls ${results}`)).toBe(`n-${id}-eth0\n`);
  });

  test('before 0.4.0 plugins get no prevResult', () => {
    configure(chain({ cniVersion: '0.3.1' }));
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    succeed('detach', 'n', 'c1');
    for (const { stdin } of fakes.takeCalls()) expect(stdin).not.toHaveProperty('prevResult');
    expect(host.sh(`ls ${results}`)).toBe('');
  });

  test.each([
    ['garbage', '{"kind":'],
    ['of no known version', '{"cniVersion":"7.0.0"}'],
  ])('ignores and removes a cache that is %s', (_title, text) => {
    configure(chain());
    writeCache(`n-${id}-eth0`, text);
    succeed('detach', 'n', 'c1');
    expect(fakes.takeCalls()).toHaveLength(3);
    expect(host.sh(`ls ${results}`)).toBe('');
  });

  test('reads the bare results of old, converted', () => {
    configure(chain());
    writeCache(`n-${id}-eth0`, '{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.2/24"}}');
    succeed('detach', 'n', 'c1');
    expect(fakes.takeCalls()[0]!.stdin.prevResult).toEqual({
      cniVersion: '1.1.0',
      ips: [{ address: '10.0.0.2/24' }],
    });
  });

  test('works by the cached configuration when the file is gone', () => {
    configure(chain());
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    host.sh(`rm ${configDir}/*`);
    succeed('detach', 'n', 'c1');
    expect(fakes.takeOrder()).toEqual(['DEL third', 'DEL second', 'DEL first']);
    expect(tsnet(['detach', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('find network "n"'),
    });
  });
});

describe('check', () => {
  test('runs in order up to the first failure', () => {
    configure(chain());
    succeed('attach', 'n', 'c1');
    fakes.takeCalls();
    fakes.answer('second', 'CHECK', { code: 100, msg: 'broken' }, 1);
    expect(tsnet(['check', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('broken (CNI error 100)'),
    });
    const calls = fakes.takeCalls();
    expect(calls.map(({ command, type }) => `${command} ${type}`)).toEqual(['CHECK first', 'CHECK second']);
    expect(calls[0]!.stdin.prevResult).toEqual({ cniVersion: '1.1.0' });
  });

  test.each([true, 'True'])('disableCheck %j: succeeds without asking', (disableCheck) => {
    configure(chain({ disableCheck }));
    succeed('check', 'n', 'c1');
    expect(fakes.takeCalls()).toEqual([]);
  });

  test('needs an attachment, and a version that has it', () => {
    configure(chain());
    expect(tsnet(['check', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not attached'),
    });
    configure(chain({ cniVersion: '0.3.1' }));
    expect(tsnet(['check', 'n', 'c1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not support'),
    });
    expect(fakes.takeCalls()).toEqual([]);
  });
});
