/** `tsnet network`, configurations and arguments. */
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
} from './network-command-suite';

describe('network gc', () => {
  beforeEach(() => {
    configure(chain());
    succeed('attach', 'n', 'c1');
    succeed('attach', 'n', '/run/netns/gone', '--container-id', 'dead');
    fakes.takeCalls();
  });

  test('deletes attachments without namespace, then has every plugin keep the others', () => {
    const removed = parseDocument(succeed('network', 'gc', 'n', '--json'));
    expect(removed).toEqual([{ containerId: 'dead', ifName: 'eth0', netns: '/run/netns/gone' }]);
    const calls = fakes.takeCalls();
    expect(calls.map(({ command, type }) => `${command} ${type}`)).toEqual([
      'DEL third',
      'DEL second',
      'DEL first',
      'GC first',
      'GC second',
      'GC third',
    ]);
    expect(calls[0]!.env.CNI_CONTAINERID).toBe('dead');
    const valid = [{ containerID: id, ifname: 'eth0' }];
    for (const { stdin, env } of calls.slice(3)) {
      expect(stdin).toMatchObject({ 'cni.dev/valid-attachments': valid, 'cni.dev/attachments': valid });
      expect(stdin).not.toHaveProperty('prevResult');
      expect(env).toMatchObject({ CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' });
    }
    expect(host.sh(`ls ${results}`)).toBe(`n-${id}-eth0\n`);
  });

  test('--dry-run only tells; --all keeps none', () => {
    expect(succeed('network', 'gc', 'n', '--dry-run')).toContain('dead');
    expect(fakes.takeCalls()).toEqual([]);
    succeed('network', 'gc', 'n', '--all');
    expect(fakes.takeCalls().at(-1)!.stdin['cni.dev/valid-attachments']).toEqual([]);
    expect(host.sh(`ls ${results}`)).toBe('');
  });

  test('goes on after failures and tells all of them', () => {
    fakes.answer('third', 'DEL', { code: 100, msg: 'stuck' }, 1);
    fakes.answer('first', 'GC', { code: 101, msg: 'jammed' }, 1);
    const done = tsnet(['network', 'gc', 'n']);
    expect(done.code).toBe(1);
    expect(done.stderr).toMatch(/stuck.*jammed/);
    expect(fakes.takeOrder()).toEqual(['DEL third', 'GC first', 'GC second', 'GC third']);
  });

  test('disableGC: nothing; before 1.1.0: only the DELs', () => {
    configure(chain({ disableGC: true }));
    succeed('network', 'gc', 'n');
    expect(fakes.takeCalls()).toEqual([]);
    configure(chain({ cniVersion: '1.0.0' }));
    succeed('network', 'gc', 'n');
    expect(fakes.takeOrder()).toEqual(['DEL third', 'DEL second', 'DEL first']);
  });
});

describe('network status', () => {
  test('asks until one is not ready', () => {
    configure(chain());
    configure(chain({ name: 'old', cniVersion: '1.0.0' }));
    expect(JSON.parse(succeed('network', 'status', '--json'))).toMatchObject([
      { name: 'n', status: 'ready' },
      { name: 'old', status: 'unknown' },
    ]);
    expect(fakes.takeOrder()).toEqual(['STATUS first', 'STATUS second', 'STATUS third']);
    fakes.answer('second', 'STATUS', { code: 50, msg: 'pool is empty' }, 1);
    const done = tsnet(['network', 'status', 'n']);
    expect(done).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/n +not ready +.*pool is empty \(CNI error 50\)/),
    });
    expect(fakes.takeOrder()).toEqual(['STATUS first', 'STATUS second']);
  });
});

describe('configurations', () => {
  test('network ls lists them in order, and tells which are wrong', () => {
    configure(chain(), '20-n.conflist');
    configure({ cniVersion: '0.4.0', name: 'single', type: 'first' }, '10-single.conf');
    configure({ name: 'bad', plugins: [] }, '30-bad.conflist');
    configure({ type: 'third' }, 'n/9.conf');
    const done = tsnet(['network', 'ls']);
    expect(done.code).toBe(0);
    expect(done.stdout.split('\n').map((line) => line.split(/ +/))).toEqual([
      ['NAME', 'VERSION', 'PLUGINS', 'FILE'],
      ['single', '0.4.0', 'first', '10-single.conf'],
      ['n', '1.1.0', 'first,second,third,third', '20-n.conflist'],
      ['docker0', '1.0.0', 'bridge,portmap', '(built', 'in)'],
      [''],
    ]);
    expect(done.stderr).toMatch(/^tsnet: load "\/run\/net\.d\/30-bad\.conflist": .*no plugins in list.*\n$/);
  });

  test('a configuration named docker0 replaces the built-in network', () => {
    configure({ ...chain(), name: 'docker0' }, 'mine.conflist');
    const networks = JSON.parse(succeed('network', 'ls', '--json'));
    expect(networks.map(({ name, file }: { name: string; file: string }) => [name, file])).toEqual([
      ['docker0', expect.stringContaining('mine.conflist')],
    ]);
  });

  test('a single configuration works as a list of one', () => {
    configure({ cniVersion: '0.4.0', name: 'single', type: 'first', x: 1 }, 'single.conf');
    succeed('attach', 'single', 'c1');
    expect(fakes.takeCalls()[0]!.stdin).toEqual({ cniVersion: '0.4.0', name: 'single', type: 'first', x: 1 });
    host.sh(`rm ${configDir}/*`);
    succeed('detach', 'single', 'c1');
    expect(fakes.takeOrder()).toEqual(['DEL first']);
  });

  test('an unknown network is an error that names the folder', () => {
    expect(tsnet(['attach', 'nope', 'c1'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `tsnet: find network "nope" in "${configDir}": no configuration has this name (CNI error 7)\n`,
    });
  });
});

describe('arguments', () => {
  test('a mistake: exit code 2 and one line on stderr', () => {
    expect(tsnet(['attach', 'n', 'c1', '--bogus'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'tsnet: unknown argument "bogus" (see "tsnet attach --help")\n',
    });
  });

  test.each([
    ['--container-id', '../x', 'containerID'],
    ['--ifname', 'sixteen-bytes-xx', 'interface name is too long'],
  ])('%s %s is refused before any plugin runs', (option, value, message) => {
    configure(chain());
    const done = tsnet(['attach', 'n', 'c1', option, value]);
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(fakes.takeCalls()).toEqual([]);
  });
});
