/** What people bring along from Docker's command line, and what they get wrong on it. */
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binFolder, type Outcome } from './private-host';
import { RunHost } from './run-host';

const tsnet = join(binFolder, 'tsnet');

let host: RunHost;
beforeAll(async () => {
  host = await RunHost.create();
});
afterAll(() => host.destroy());

/** Runs a shell script on the host in which `"$@"` is `tsnet run --rm --network null ROOTFS COMMAND…`. */
function around(script: string, ...command: string[]): Outcome {
  const run = [tsnet, 'run', '--rm', '--network', 'null', host.rootfs, ...command];
  return host.exec(['sh', '-c', script, '-', ...run]);
}

test.each<[string[], string]>([
  [['-t'], 'option --tty: terminals are not supported'],
  [['-it'], 'option --tty: terminals are not supported'],
  [['--bad'], 'unknown argument "bad"'],
  [['-v', 'name:/x'], 'mount volume "name:/x": named volumes are not supported'],
  [['-v', './x:/x'], 'mount volume "./x:/x": "./x" is not an absolute path'],
  [['-v', '/x'], 'mount volume "/x": expected source:destination[:ro|rw]'],
  [['-p', 'garbage'], 'publish "garbage": expected [ip:]hostPort'],
  [['-p', '300.2.3.4:8080:80'], 'publish "300.2.3.4:8080:80": "300.2.3.4" is not an IP address'],
  [['--network', 'nosuch'], 'find network "nosuch"'],
  [['-m', 'x'], 'limit memory to "x": expected a number'],
  [['-m', '99999999999999999999g'], 'limit memory to "99999999999999999999g": expected a number'],
  [['--cpus', '1000000'], 'limit cpus to "1000000": expected a number from 0.01 to 8192'],
  [['--pids-limit', '99999999999'], 'limit pids to "99999999999": expected a whole number'],
  [['-u', 'nosuch'], 'run as user "nosuch": the image has no user "nosuch"'],
  [['-e', '=x'], 'set environment "=x": expected NAME=value'],
])('run %j is refused in one line, with 125, before anything is made', (options, cause) => {
  const done = host.tsnet('run', '--rm', ...options, host.rootfs, 'true');
  expect(done).toMatchObject({ code: 125, stdout: '', stderr: expect.stringContaining(cause) });
  expect(done.stderr.trim().split('\n')).toHaveLength(1);
  expect(host.traces()).toEqual([]);
});

test.each([['logs'], ['stop'], ['start'], ['kill'], ['rm'], ['inspect']])(
  '%s of a container that is not there fails in one line',
  (verb) => {
    const stderr = 'tsnet: find container "nope": no such container\n';
    expect(host.tsnet(verb, 'nope')).toEqual({ code: 1, stdout: '', stderr });
  },
);

test.each([
  ['-m', '0'],
  ['--cpus', '0'],
  ['--cpus', '.5'],
  ['--pids-limit', '-1'],
])('%s %s is understood as Docker does', (...option) => {
  expect(host.script('true', ...option)).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('options after the image belong to the command', () => {
  expect(around('"$@"', 'echo', '--rm', '-d', '--').stdout).toBe('--rm -d --\n');
  expect(around('"$@"', '--', 'ls')).toMatchObject({ code: 127 });
});

test('standard input is passed with -i only', () => {
  const input = 'typed\n';
  const run = (...options: string[]) =>
    host.exec([tsnet, 'run', '--rm', '--network', 'null', ...options, host.rootfs, 'cat'], { input });
  expect(run()).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(run('-i').stdout).toBe(input);
  host.detach('input', 'sleep 60');
  expect(host.exec([tsnet, 'exec', 'input', 'cat'], { input }).stdout).toBe('');
  expect(host.exec([tsnet, 'exec', '-i', 'input', 'cat'], { input }).stdout).toBe(input);
  host.must('rm', '-f', 'input');
});

test('-e NAME takes the value of the caller, if there is one', () => {
  const script = 'export GIVEN=here; "$0" run --rm --network null -e GIVEN -e MISSING "$1" env';
  const { stdout } = host.exec(['sh', '-c', script, tsnet, host.rootfs]);
  expect(stdout).toContain('GIVEN=here\n');
  expect(stdout).not.toContain('MISSING');
});

test('a user by name has the ids, groups and home that the image says', () => {
  writeFileSync(join(host.rootfs, 'etc/passwd'), 'root:x:0:0::/root:\nwww:x:33:34::/srv/www:\n');
  writeFileSync(join(host.rootfs, 'etc/group'), 'www:x:34:\nextra:x:44:www\n');
  const script = 'id -u; id -g; id -G; echo $HOME; grep CapEff /proc/self/status';
  expect(host.script(script, '-u', 'www').stdout).toBe(
    '33\n34\n34 44\n/srv/www\nCapEff:\t0000000000000000\n',
  );
});

test("the caller's umask does not matter", () => {
  const list = 'ls -ld / /etc/hosts | cut -c1-10; umask';
  const expected = { code: 0, stdout: 'drwxr-xr-x\n-rw-r--r--\n0022\n', stderr: '' };
  for (const mask of ['077', '000'])
    expect(around(`umask ${mask}; "$@"`, 'sh', '-c', list)).toEqual(expected);
});

test.each(['<&-', '>&-', '2>&-', '<&- >&- 2>&-'])('closed standard streams (%s) do no harm', (closed) => {
  expect(around(`"$@" ${closed}`, 'sh', '-c', 'exit 5').code).toBe(5);
  expect(around(`"$1" ps ${closed}`)).toMatchObject({ code: 0, stderr: '' });
});

test('a closed pipe makes no noise', () => {
  expect(around('"$1" ps -a | head -0')).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('a megabyte of environment and ten thousand arguments', () => {
  const values = Array.from({ length: 8 }, (_, i) => ['-e', `V${i}=${'x'.repeat(125_000)}`]).flat();
  expect(host.script('echo $V0$V7 | wc -c', ...values).stdout).toBe('250001\n');
  const words = Array.from({ length: 10_000 }, (_, i) => String(i));
  expect(around('"$@"', 'sh', '-c', 'echo $#', '-', ...words).stdout).toBe('10000\n');
});

test('a read-only volume is read-only with all that is mounted below it', () => {
  const file = `tsnet-read-only-${randomUUID()}`;
  const script = `for d in tmp run sys/fs/cgroup dev/shm proc/sys/kernel; do touch /host/$d/${file}; done`;
  const { stderr } = host.script(script, '-v', '/:/host:ro');
  expect(stderr.match(/Read-only file system/g)?.length).toBeGreaterThanOrEqual(4);
  expect(existsSync(`/tmp/${file}`)).toBe(false);
});

describe('the state folder', () => {
  const ps = (folder: string, ...args: string[]) =>
    host.exec([tsnet, ...(args.length ? args : ['ps'])], { env: { TSNET_STATE_DIR: folder } });

  test.each([
    ['a relative path', () => 'foo', 'expected an absolute path'],
    ['of somebody else', () => foreign(), 'it belongs to uid 1000, expected 0'],
    ['a file', () => file(), 'not a directory'],
  ])('%s is refused', (_, folder, cause) => {
    expect(ps(folder())).toMatchObject({ code: 1, stderr: expect.stringContaining(cause) });
  });

  function foreign(): string {
    const folder = join(host.folder, 'foreign');
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    host.host.sh(`chown 1000 '${folder}'`);
    return folder;
  }

  function file(): string {
    writeFileSync(join(host.folder, 'file'), '');
    return join(host.folder, 'file');
  }

  test('on a full disk nothing is made, and the error names the file', () => {
    host.host.sh('mkdir /run/none; mount -t tmpfs -o size=64k tmpfs /run/none');
    host.host.sh('head -c 1m /dev/zero > /run/none/fill 2>/dev/null || true');
    const done = ps('/run/none', 'run', '--network', 'null', host.rootfs, 'true');
    expect(done).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/^tsnet: .*"\/run\/none.*ENOSPC/),
    });
    expect(host.host.sh('find /run/none/containers /run/none/names -mindepth 1')).toBe('');
  });
});

test.each<[string, (spec: Record<string, Record<string, unknown>>) => void, string]>([
  ['without a part', (spec) => Reflect.deleteProperty(spec, 'linux'), 'linux: '],
  ['with a wrong type', (spec) => Object.assign(spec.process!, { args: [1] }), 'process.args.0: '],
  ['with a relative path', (spec) => Object.assign(spec.process!, { cwd: 'x' }), 'expected an absolute path'],
])('a config.json %s is refused, naming file and key', (_, change, cause) => {
  const id = host.must('run', '-d', '--network', 'null', host.rootfs, 'true').trim();
  host.exec([tsnet, 'logs', '-f', id]);
  const file = join(host.state, 'containers', id, 'config.json');
  const spec = JSON.parse(host.host.sh(`cat '${file}'`));
  change(spec);
  writeFileSync(file, JSON.stringify(spec));
  const done = host.tsnet('start', id);
  expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining(`read "${file}"`) });
  expect(done.stderr).toContain(cause);
  writeFileSync(file, '{');
  expect(host.tsnet('start', id).stderr).toContain(`read "${file}"`);
  host.must('rm', id);
  expect(host.traces()).toEqual([]);
});

test('a record that is broken is named', () => {
  const id = host.detach('broken', 'sleep 60');
  const file = join(host.state, 'containers', id, 'state.json');
  const record = host.host.sh(`cat '${file}'`);
  writeFileSync(file, '{');
  expect(host.tsnet('ps')).toMatchObject({ code: 1, stderr: expect.stringContaining(`read "${file}"`) });
  writeFileSync(file, record);
  host.must('rm', '-f', 'broken');
});
