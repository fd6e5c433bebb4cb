/** `tsnet install` and `tsnet uninstall`: what runtimes find in the folder at every moment. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildOf } from './client-folder';
import { parseDocument } from './cni-call';
import { binFolder, type ExecOptions, type Outcome, PrivateHost } from './private-host';

const dist = join(binFolder, '..');
const build = buildOf(join(dist, 'lib/client'));
const foreign = '#!/bin/sh\necho foreign\n';
const units = ['tsnet-agent.service', 'tsnet-agent.socket'];

let host: PrivateHost;
let work: string;
let cni: string;
/** The same build under other names. */
let second: string;
let third: string;

beforeAll(async () => {
  host = await PrivateHost.create({ empty: ['/etc/systemd/system'] });
  work = mkdtempSync(join(tmpdir(), 'tsnet-install-'));
  second = makeBuild('2222222222222222');
  third = makeBuild('3333333333333333');
});
beforeEach(() => {
  cni = join(work, 'cni/bin');
  rmSync(join(work, 'cni'), { recursive: true, force: true });
  host.sh('rm -rf /run/systemd /etc/systemd/system/*');
});
afterAll(() => {
  rmSync(work, { recursive: true, force: true });
  host.destroy();
});

/** A copy of dist that takes itself for another build. Its code caches are of the first: they would bring back its name. */
function makeBuild(name: string): string {
  const folder = join(work, name);
  cpSync(dist, folder, { recursive: true, filter: (path) => !/\.(cache|new)$/.test(path) });
  for (const file of ['bin/tsnet', 'lib/client']) {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'latin1').replaceAll(build, name), 'latin1');
  }
  return folder;
}

function tsnet(args: string[], from = dist, options: ExecOptions = {}): Outcome {
  return host.exec([join(from, 'bin/tsnet'), ...args], options);
}

/** `tsnet install` or `uninstall` with --json; fails the test when it fails. */
function change(command: string, from = dist, ...rest: string[]) {
  const done = tsnet([command, '--cni-dir', cni, '--json', ...rest], from);
  if (done.code !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

const list = () => host.sh(`cd ${cni}; find . | sort`).trim().split('\n');

/** What one executable answers to VERSION: `ours`, or whatever it printed. */
function answerOf(type: string): string {
  const done = host.exec([join(cni, type)], { env: { CNI_COMMAND: 'VERSION' }, input: '{}' });
  return parseDocument(done.stdout)?.supportedVersions?.includes('1.1.0')
    ? 'ours'
    : done.stdout + done.stderr;
}

function placeForeign(type: string): void {
  host.sh(`mkdir -p ${cni}`);
  host.exec(['tee', join(cni, type)], { input: foreign });
  host.sh(`chmod 0755 ${cni}/${type}`);
}

test('installs every type, each working; again nothing changes; uninstall leaves nothing', () => {
  const { types, changed, ...rest } = change('install');
  expect(rest).toMatchObject({ build, cniDir: cni });
  expect(changed).toBe(true);
  expect(types).toEqual(expect.arrayContaining(['bridge', 'host-local', 'null', 'portmap']));
  expect(types.map(answerOf)).toEqual(types.map(() => 'ours'));

  const before = host.sh(`find ${cni} -printf '%p %i %T@\\n'`);
  expect(change('install')).toMatchObject({ changed: false, steps: [] });
  expect(host.sh(`find ${cni} -printf '%p %i %T@\\n'`)).toBe(before);

  change('uninstall');
  expect(list()).toEqual(['.']);
  expect(change('uninstall')).toEqual({ cniDir: cni, changed: false, steps: [] });
});

test('bundles start without a PATH', () => {
  change('install');
  const bundle = join(cni, '.tsnet', build, 'bin/null');
  expect(readFileSync(bundle, 'latin1').split('\n').slice(0, 2)).toEqual([
    `#!${process.execPath}`,
    expect.stringMatching(/^\/\/ tsnet \S+ null$/),
  ]);
  const done = host.exec(['/usr/bin/env', '-i', 'CNI_COMMAND=VERSION', join(cni, 'null')]);
  expect(done.code).toBe(0);
});

test('says what it does', () => {
  placeForeign('bridge');
  const installed = tsnet(['install', '--cni-dir', cni]).stdout;
  expect(installed).toContain(`installed ${cni}/null\n`);
  expect(installed).toContain(
    `replaced ${cni}/bridge: what was there is kept as ${cni}/.tsnet/replaced/bridge\n`,
  );
  expect(tsnet(['install', '--cni-dir', cni]).stdout).toMatch(/^nothing changed: build .*\n$/);
  const removed = tsnet(['uninstall', '--cni-dir', cni]).stdout;
  expect(removed).toContain(`put back ${cni}/bridge: what was there before\n`);
  expect(removed).toContain(`removed ${cni}/null\n`);
  expect(tsnet(['uninstall', '--cni-dir', cni]).stdout).toMatch(/^nothing changed: .*\n$/);
});

test('a damaged installation is mended', () => {
  change('install');
  host.sh(
    `rm ${cni}/.tsnet/${build}/lib/koffi.node; echo x > ${cni}/.tsnet/${build}/bin/null; rm ${cni}/host`,
  );
  change('install');
  expect(['null', 'host'].map(answerOf)).toEqual(['ours', 'ours']);
  expect(list()).toContain(`./.tsnet/${build}/lib/koffi.node`);
});

describe('executables of others', () => {
  test('are kept, and put back as they were', () => {
    placeForeign('bridge');
    host.sh(`ln -s ../elsewhere ${cni}/static; echo mine > ${cni}/other`);
    const before = host.sh(`cd ${cni}; find . -printf '%p %i %m %l\\n' | sort`);
    change('install');
    expect(answerOf('bridge')).toBe('ours');
    expect(answerOf('static')).toBe('ours');
    change('uninstall');
    expect(host.sh(`cd ${cni}; find . -printf '%p %i %m %l\\n' | sort`)).toBe(before);
  });

  test('that came after the installation are not touched by uninstall', () => {
    placeForeign('bridge');
    change('install');
    host.sh(`rm ${cni}/bridge`);
    placeForeign('bridge');
    const { steps } = change('uninstall');
    expect(answerOf('bridge')).toBe('foreign\n');
    expect(steps).toContainEqual(
      expect.objectContaining({ did: 'kept', what: join(cni, '.tsnet/replaced/bridge') }),
    );
  });

  test('links to our own executables are nobody’s loss', () => {
    host.sh(`mkdir -p ${cni}; ln -s ${dist}/bin/bridge ${cni}/bridge`);
    const { steps } = change('install');
    expect(steps).toContainEqual({ did: 'updated', what: join(cni, 'bridge') });
    change('uninstall');
    expect(list()).toEqual(['.']);
  });

  test('a directory of that name is refused', () => {
    host.sh(`mkdir -p ${cni}/bridge`);
    const done = tsnet(['install', '--cni-dir', cni]);
    expect(done).toMatchObject({ code: 1, stderr: `tsnet: install "${cni}/bridge": it is a directory\n` });
  });
});

describe('another build', () => {
  const builds = () => list().flatMap((path) => path.match(/^\.\/\.tsnet\/([0-9a-f]{16})$/)?.slice(1) ?? []);

  test('takes over; the one before stays until the next', () => {
    change('install');
    change('install', second);
    expect(buildOf(join(cni, 'bridge'))).toBe('2222222222222222');
    expect(answerOf('bridge')).toBe('ours');
    expect(builds().sort()).toEqual([build, '2222222222222222'].sort());
    expect(change('install', second).changed).toBe(false);
    change('install', third);
    expect(builds().sort()).toEqual(['2222222222222222', '3333333333333333']);
  });

  test('removes types that it does not have', () => {
    placeForeign('null');
    change('install');
    const poorer = join(work, 'poorer');
    cpSync(second, poorer, { recursive: true });
    rmSync(join(poorer, 'bin/null'));
    rmSync(join(poorer, 'bin/host'));
    change('install', poorer);
    expect(answerOf('null')).toBe('foreign\n');
    expect(list()).not.toContain('./host');
  });

  test('can be installed from an installation', () => {
    change('install');
    const copy = join(work, 'cni/copy');
    const done = tsnet(['install', '--cni-dir', copy], join(cni, '.tsnet', build));
    expect(done.code).toBe(0);
    expect(
      host.sh(`diff -r ${cni}/.tsnet/${build} ${copy}/.tsnet/${build}; cmp ${cni}/null ${copy}/null`),
    ).toBe('');
  });

  test('killed at any step, each type works and nothing is lost', () => {
    const start = join(work, 'start');
    placeForeign('bridge');
    change('install');
    host.sh(
      `rm ${cni}/bridge; mv ${cni}/.tsnet/replaced/bridge ${cni}/bridge; rm -rf ${start}; cp -a ${cni} ${start}`,
    );
    const calls = 'rename,link,unlink,mkdir';
    let killed = 0;
    for (let step = 1; step < 200; step += 5) {
      host.sh(`rm -rf ${cni}; cp -a ${start} ${cni}`);
      const kill = ['-e', `trace=${calls}`, '-e', `inject=${calls}:signal=SIGKILL:when=${step}`];
      const argv = [process.execPath, join(second, 'bin/tsnet'), 'install', '--cni-dir', cni];
      const { code } = host.exec(['strace', '-qq', '-o', '/dev/null', ...kill, ...argv]);
      expect(['ours', 'foreign\n']).toContain(answerOf('bridge'));
      expect(answerOf('static')).toBe('ours');
      if (code === 0) break;
      killed++;
      if (step % 4 === 1) {
        change('install', second);
        expect(answerOf('bridge')).toBe('ours');
      }
      change('uninstall');
      expect([step, ...list()]).toEqual([step, '.', './bridge']);
      expect(answerOf('bridge')).toBe('foreign\n');
    }
    expect(killed).toBeGreaterThan(4);
  });

  test('two at once do not disturb each other', async () => {
    const both = [dist, second].map((from) =>
      host.execAsync([join(from, 'bin/tsnet'), 'install', '--cni-dir', cni]),
    );
    expect((await Promise.all(both)).map(({ code }) => code)).toEqual([0, 0]);
    expect(new Set(['bridge', 'null', 'static'].map((type) => buildOf(join(cni, type)))).size).toBe(1);
    expect(answerOf('bridge')).toBe('ours');
  });
});

describe('a folder is refused', () => {
  test.each<[string, () => string, number, RegExp]>([
    ['that is relative', () => 'cni/bin', 2, /--cni-dir "cni\/bin": expected an absolute path/],
    ['that is a file', () => join(second, 'bin/tsnet'), 1, /it is not a directory/],
    ['below a file', () => join(second, 'bin/tsnet/x'), 1, /it is not a directory/],
    [
      'that everybody may write to',
      () => host.sh(`mkdir -p -m 1777 ${work}/open; echo ${work}/open`).trim(),
      1,
      /everybody may write to it/,
    ],
    [
      'in a folder of somebody else',
      () => host.sh(`mkdir -p ${work}/their; chown 65534 ${work}/their; echo ${work}/their/bin`).trim(),
      1,
      /belongs to user 65534/,
    ],
    [
      'behind a link of somebody else',
      () =>
        host
          .sh(
            `mkdir -p ${work}/fine; ln -sfn ${work}/fine ${work}/link; chown -h 65534 ${work}/link; echo ${work}/link`,
          )
          .trim(),
      1,
      /belongs to user 65534/,
    ],
  ])('%s', (_, make, code, message) => {
    const done = tsnet(['install', '--cni-dir', make()]);
    expect(done).toMatchObject({ code, stdout: '' });
    expect(done.stderr).toMatch(message);
    expect(done.stderr.split('\n')).toHaveLength(2);
  });

  test('by anybody but root', () => {
    const done = host.exec([
      ...['setpriv', '--reuid', '65534', '--clear-groups', process.execPath],
      ...[join(binFolder, 'tsnet'), 'install', '--cni-dir', '/opt/cni/bin'],
    ]);
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('only root may') });
  });

  test('a link of root’s is followed', () => {
    host.sh(`mkdir -p ${work}/real; ln -sfn ${work}/real ${work}/root-link`);
    const done = tsnet(['install', '--json', '--cni-dir', join(work, 'root-link/bin')]);
    expect(JSON.parse(done.stdout).cniDir).toBe(join(work, 'real/bin'));
  });
});

describe('--agent', () => {
  const unit = (name: string) => host.sh(`cat /etc/systemd/system/${name}`);
  const path = '/run/fake-systemctl';

  /** A systemctl that writes down what it is asked, and systemd's sign of life. */
  function fakeSystemd(): { env: Record<string, string>; calls: () => string[] } {
    host.sh(`mkdir -p ${path} /run/systemd/system; : > /run/calls`);
    host.exec(['tee', `${path}/systemctl`], { input: '#!/bin/sh\necho "$*" >> /run/calls\n' });
    host.sh(`chmod +x ${path}/systemctl`);
    const calls = () => host.sh('cat /run/calls; : > /run/calls').split('\n').filter(Boolean);
    return { env: { PATH: `${path}:${process.env.PATH}` }, calls };
  }

  test('without systemd: the units are placed, and it is told how to start the agent, which then serves', async () => {
    const { steps } = change('install', dist, '--agent');
    const command = `${process.execPath} ${cni}/.tsnet/${build}/bin/tsnet agent`;
    expect(steps).toContainEqual({
      did: 'noted',
      what: 'no systemd runs here',
      note: `start the agent by hand: ${command}`,
    });
    expect(unit('tsnet-agent.service')).toContain(`\nExecStart=${command}\n`);
    expect(unit('tsnet-agent.socket')).toContain('ListenStream=/run/tsnet/agent.sock');

    const agent = host.start(command.split(' '));
    await new Promise<void>((resolve, reject) => {
      agent.stderr!.on('data', (text) => String(text).includes(' serves ') && resolve());
      agent.once('exit', (code) => reject(new Error(`agent ended: ${code}`)));
    });
    host.sh(`rm ${cni}/.tsnet/${build}/bin/bridge`);
    expect(answerOf('bridge')).toBe('ours');
    const ended = new Promise((resolve) => agent.once('exit', resolve));
    agent.kill('SIGTERM');
    await ended;
  });

  test('with systemd: started, left alone while nothing changes, restarted by an update, removed', () => {
    const { env, calls } = fakeSystemd();
    const run = (from: string, ...args: string[]) => tsnet([...args, '--cni-dir', cni], from, { env });
    expect(run(dist, 'install', '--agent').stdout).toContain('started tsnet-agent.service\n');
    expect(calls()).toEqual([
      '--version',
      'daemon-reload',
      `enable --quiet ${[...units].reverse().join(' ')}`,
      'start tsnet-agent.socket',
      'restart tsnet-agent.service',
    ]);
    expect(run(dist, 'install', '--agent').stdout).toMatch(/^nothing changed/);
    expect(calls()).not.toContain('restart tsnet-agent.service');
    expect(run(second, 'install').code).toBe(0);
    expect(calls()).toContain('restart tsnet-agent.service');
    expect(unit('tsnet-agent.service')).toContain('/.tsnet/2222222222222222/bin/tsnet agent');
    expect(run(second, 'uninstall').stdout).toContain('stopped tsnet-agent.service\n');
    expect(calls()).toEqual([
      '--version',
      `disable --now --quiet ${[...units].reverse().join(' ')}`,
      'daemon-reload',
    ]);
    expect(host.sh('ls -A /etc/systemd/system')).toBe('');
  });

  test('an installation elsewhere leaves the service alone', () => {
    const { env, calls } = fakeSystemd();
    tsnet(['install', '--agent', '--cni-dir', cni], dist, { env });
    calls();
    const other = join(work, 'cni/other');
    expect(tsnet(['install', '--cni-dir', other], second, { env }).code).toBe(0);
    expect(tsnet(['uninstall', '--cni-dir', other], second, { env }).code).toBe(0);
    expect(calls()).toEqual([]);
    expect(unit('tsnet-agent.service')).toContain(`${cni}/.tsnet/${build}/bin/tsnet agent`);
  });

  test('what systemd refuses is told', () => {
    const { env } = fakeSystemd();
    host.exec(['tee', `${path}/systemctl`], {
      input: '#!/bin/sh\n[ "$1" = --version ] || { echo refused >&2; exit 1; }\n',
    });
    const done = tsnet(['install', '--agent', '--cni-dir', cni], dist, { env });
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('refused') });
    expect(answerOf('bridge')).toBe('ours');
  });
});
