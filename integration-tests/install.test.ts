/** `tsnet install` and `tsnet uninstall`: what runtimes find in the folder at every moment. */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildOf } from './client-folder';
import { build, dist, InstallHost } from './install-suite';
import { binFolder } from './private-host';

let on: InstallHost;
beforeAll(async () => {
  on = await InstallHost.create();
});
beforeEach(() => on.clear());
afterAll(() => on.destroy());

test('installs every type, each working; again nothing changes; uninstall leaves nothing', () => {
  const { types, changed, ...rest } = on.change('install');
  expect(rest).toMatchObject({ build, cniDir: on.cni });
  expect(changed).toBe(true);
  expect(types).toEqual(expect.arrayContaining(['bridge', 'host-local', 'null', 'portmap']));
  expect(types.map((type) => on.answerOf(type))).toEqual(types.map(() => 'ours'));

  const before = on.host.sh(`find ${on.cni} -printf '%p %i %T@\\n'`);
  expect(on.change('install')).toMatchObject({ changed: false, steps: [] });
  expect(on.host.sh(`find ${on.cni} -printf '%p %i %T@\\n'`)).toBe(before);

  on.change('uninstall');
  expect(on.list()).toEqual(['.']);
  expect(on.change('uninstall')).toEqual({ cniDir: on.cni, changed: false, steps: [] });
});

test('bundles start without a PATH', () => {
  on.change('install');
  const bundle = join(on.cni, '.tsnet', build, 'bin/null');
  expect(readFileSync(bundle, 'latin1').split('\n').slice(0, 2)).toEqual([
    `#!${process.execPath}`,
    expect.stringMatching(/^\/\/ tsnet \S+ null$/),
  ]);
  const done = on.host.exec(['/usr/bin/env', '-i', 'CNI_COMMAND=VERSION', join(on.cni, 'null')]);
  expect(done.code).toBe(0);
});

test('says what it does', () => {
  on.placeForeign('bridge');
  const installed = on.tsnet(['install', '--cni-dir', on.cni]).stdout;
  expect(installed).toContain(`installed ${on.cni}/null\n`);
  expect(installed).toContain(
    `replaced ${on.cni}/bridge: what was there is kept as ${on.cni}/.tsnet/replaced/bridge\n`,
  );
  expect(on.tsnet(['install', '--cni-dir', on.cni]).stdout).toMatch(/^nothing changed: build .*\n$/);
  const removed = on.tsnet(['uninstall', '--cni-dir', on.cni]).stdout;
  expect(removed).toContain(`put back ${on.cni}/bridge: what was there before\n`);
  expect(removed).toContain(`removed ${on.cni}/null\n`);
  expect(on.tsnet(['uninstall', '--cni-dir', on.cni]).stdout).toMatch(/^nothing changed: .*\n$/);
});

test('a damaged installation is mended', () => {
  on.change('install');
  on.host.sh(
    `rm ${on.cni}/.tsnet/${build}/lib/koffi.node; echo x > ${on.cni}/.tsnet/${build}/bin/null; rm ${on.cni}/host`,
  );
  on.change('install');
  expect(['null', 'host'].map((type) => on.answerOf(type))).toEqual(['ours', 'ours']);
  expect(on.list()).toContain(`./.tsnet/${build}/lib/koffi.node`);
});

describe('executables of others', () => {
  test('are kept, and put back as they were', () => {
    on.placeForeign('bridge');
    on.host.sh(`ln -s ../elsewhere ${on.cni}/static; echo mine > ${on.cni}/other`);
    const before = on.host.sh(`cd ${on.cni}; find . -printf '%p %i %m %l\\n' | sort`);
    on.change('install');
    expect(on.answerOf('bridge')).toBe('ours');
    expect(on.answerOf('static')).toBe('ours');
    on.change('uninstall');
    expect(on.host.sh(`cd ${on.cni}; find . -printf '%p %i %m %l\\n' | sort`)).toBe(before);
  });

  test('that came after the installation are not touched by uninstall', () => {
    on.placeForeign('bridge');
    on.change('install');
    on.host.sh(`rm ${on.cni}/bridge`);
    on.placeForeign('bridge');
    const { steps } = on.change('uninstall');
    expect(on.answerOf('bridge')).toBe('foreign\n');
    expect(steps).toContainEqual(
      expect.objectContaining({ did: 'kept', what: join(on.cni, '.tsnet/replaced/bridge') }),
    );
  });

  test('links to our own executables are nobody’s loss', () => {
    on.host.sh(`mkdir -p ${on.cni}; ln -s ${dist}/bin/bridge ${on.cni}/bridge`);
    const { steps } = on.change('install');
    expect(steps).toContainEqual({ did: 'updated', what: join(on.cni, 'bridge') });
    on.change('uninstall');
    expect(on.list()).toEqual(['.']);
  });

  test('a directory of that name is refused', () => {
    on.host.sh(`mkdir -p ${on.cni}/bridge`);
    const done = on.tsnet(['install', '--cni-dir', on.cni]);
    expect(done).toMatchObject({ code: 1, stderr: `tsnet: install "${on.cni}/bridge": it is a directory\n` });
  });
});

describe('another build', () => {
  const builds = () =>
    on.list().flatMap((path) => path.match(/^\.\/\.tsnet\/([0-9a-f]{16})$/)?.slice(1) ?? []);

  test('takes over; the one before stays until the next', () => {
    on.change('install');
    on.change('install', on.second);
    expect(buildOf(join(on.cni, 'bridge'))).toBe('2222222222222222');
    expect(on.answerOf('bridge')).toBe('ours');
    expect(builds().sort()).toEqual([build, '2222222222222222'].sort());
    expect(on.change('install', on.second).changed).toBe(false);
    on.change('install', on.third);
    expect(builds().sort()).toEqual(['2222222222222222', '3333333333333333']);
  });

  test('removes types that it does not have', () => {
    on.placeForeign('null');
    on.change('install');
    const poorer = join(on.work, 'poorer');
    cpSync(on.second, poorer, { recursive: true });
    rmSync(join(poorer, 'bin/null'));
    rmSync(join(poorer, 'bin/host'));
    on.change('install', poorer);
    expect(on.answerOf('null')).toBe('foreign\n');
    expect(on.list()).not.toContain('./host');
  });

  test('can be installed from an installation', () => {
    on.change('install');
    const copy = join(on.work, 'cni/copy');
    const done = on.tsnet(['install', '--cni-dir', copy], join(on.cni, '.tsnet', build));
    expect(done.code).toBe(0);
    expect(
      on.host.sh(
        `diff -r ${on.cni}/.tsnet/${build} ${copy}/.tsnet/${build}; cmp ${on.cni}/null ${copy}/null`,
      ),
    ).toBe('');
  });

  test('killed at any step, each type works and nothing is lost', () => {
    const start = join(on.work, 'start');
    on.placeForeign('bridge');
    on.change('install');
    on.host.sh(
      `rm ${on.cni}/bridge; mv ${on.cni}/.tsnet/replaced/bridge ${on.cni}/bridge; rm -rf ${start}; cp -a ${on.cni} ${start}`,
    );
    const calls = 'rename,link,unlink,mkdir';
    let killed = 0;
    for (let step = 1; step < 200; step += 5) {
      on.host.sh(`rm -rf ${on.cni}; cp -a ${start} ${on.cni}`);
      const kill = ['-e', `trace=${calls}`, '-e', `inject=${calls}:signal=SIGKILL:when=${step}`];
      const argv = [process.execPath, join(on.second, 'bin/tsnet'), 'install', '--cni-dir', on.cni];
      const { code } = on.host.exec(['strace', '-qq', '-o', '/dev/null', ...kill, ...argv]);
      expect(['ours', 'foreign\n']).toContain(on.answerOf('bridge'));
      expect(on.answerOf('static')).toBe('ours');
      if (code === 0) break;
      killed++;
      if (step % 4 === 1) {
        on.change('install', on.second);
        expect(on.answerOf('bridge')).toBe('ours');
      }
      on.change('uninstall');
      expect([step, ...on.list()]).toEqual([step, '.', './bridge']);
      expect(on.answerOf('bridge')).toBe('foreign\n');
    }
    expect(killed).toBeGreaterThan(4);
  });

  test('two at once do not disturb each other', async () => {
    const both = [dist, on.second].map((from) =>
      on.host.execAsync([join(from, 'bin/tsnet'), 'install', '--cni-dir', on.cni]),
    );
    expect((await Promise.all(both)).map(({ code }) => code)).toEqual([0, 0]);
    expect(new Set(['bridge', 'null', 'static'].map((type) => buildOf(join(on.cni, type)))).size).toBe(1);
    expect(on.answerOf('bridge')).toBe('ours');
  });
});

describe('a folder is refused', () => {
  test.each<[string, () => string, number, RegExp]>([
    ['that is relative', () => 'cni/bin', 2, /--cni-dir "cni\/bin": expected an absolute path/],
    ['that is a file', () => join(on.second, 'bin/tsnet'), 1, /it is not a directory/],
    ['below a file', () => join(on.second, 'bin/tsnet/x'), 1, /it is not a directory/],
    [
      'that everybody may write to',
      () => on.host.sh(`mkdir -p -m 1777 ${on.work}/open; echo ${on.work}/open`).trim(),
      1,
      /everybody may write to it/,
    ],
    [
      'in a folder of somebody else',
      () =>
        on.host
          .sh(`mkdir -p ${on.work}/their; chown 65534 ${on.work}/their; echo ${on.work}/their/bin`)
          .trim(),
      1,
      /belongs to user 65534/,
    ],
    [
      'behind a link of somebody else',
      () =>
        on.host
          .sh(
            `mkdir -p ${on.work}/fine; ln -sfn ${on.work}/fine ${on.work}/link; chown -h 65534 ${on.work}/link; echo ${on.work}/link`,
          )
          .trim(),
      1,
      /belongs to user 65534/,
    ],
  ])('%s', (_, make, code, message) => {
    const done = on.tsnet(['install', '--cni-dir', make()]);
    expect(done).toMatchObject({ code, stdout: '' });
    expect(done.stderr).toMatch(message);
    expect(done.stderr.split('\n')).toHaveLength(2);
  });

  test('by anybody but root', () => {
    const done = on.host.exec([
      ...['setpriv', '--reuid', '65534', '--clear-groups', process.execPath],
      ...[join(binFolder, 'tsnet'), 'install', '--cni-dir', '/opt/cni/bin'],
    ]);
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('only root may') });
  });

  test('a link of root’s is followed', () => {
    on.host.sh(`mkdir -p ${on.work}/real; ln -sfn ${on.work}/real ${on.work}/root-link`);
    const done = on.tsnet(['install', '--json', '--cni-dir', join(on.work, 'root-link/bin')]);
    expect(JSON.parse(done.stdout).cniDir).toBe(join(on.work, 'real/bin'));
  });
});
