/** What a container must not reach, and what a hostile image must not bring about. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binFolder } from './private-host';
import { RunHost } from './run-host';

let host: RunHost;
let canary: string;
beforeAll(async () => {
  host = await RunHost.create();
  canary = join(host.folder, 'canary');
  mkdirSync(canary);
  writeFileSync(join(canary, 'secret'), 'untouched');
});
afterAll(() => host.destroy());

function expectCanaryUntouched(): void {
  expect(readdirSync(canary)).toEqual(['secret']);
  expect(readFileSync(join(canary, 'secret'), 'utf8')).toBe('untouched');
}

test('capabilities are those that Docker leaves, for exec too', () => {
  const status = 'grep -E "^(Cap|NoNewPrivs|Groups)" /proc/self/status';
  const expected = [
    'Groups:\t ',
    'CapInh:\t0000000000000000',
    'CapPrm:\t00000000a80425fb',
    'CapEff:\t00000000a80425fb',
    'CapBnd:\t00000000a80425fb',
    'CapAmb:\t0000000000000000',
    'NoNewPrivs:\t0',
  ];
  expect(host.script(status).stdout.trim().split('\n')).toEqual(expected);
  host.detach('caps', 'sleep 60');
  expect(host.must('exec', 'caps', 'sh', '-c', status).trim().split('\n')).toEqual(expected);
});

test.each([
  'mount -t tmpfs x /tmp',
  'mount -o remount,rw /sys',
  'umount /proc/sys',
  'echo x > /proc/sys/kernel/core_pattern',
  'echo h > /proc/sysrq-trigger',
  'mkdir /sys/fs/cgroup/unified/x || mkdir /sys/fs/cgroup/x',
  'echo 1 > /sys/fs/cgroup/memory/cgroup.procs',
  'mknod /tmp/fuse c 10 229; : < /tmp/fuse',
  'mknod /tmp/mem c 1 1; head -c 1 /tmp/mem',
  'chroot /proc/1/root/../.. ls /nonexistent',
  'hostname other',
])('%s is refused', (script) => {
  expect(host.script(script).code).not.toBe(0);
});

test('masked files are empty', () => {
  const { stdout } = host.script(
    'cat /proc/kcore /proc/keys /proc/timer_list /proc/interrupts; ls /sys/firmware /proc/acpi',
  );
  expect(stdout.replaceAll(/\/(sys\/firmware|proc\/acpi):\s*/g, '')).toBe('');
});

test('/dev holds the standard nodes', () => {
  const { stdout } = host.script(
    'cd /dev; ls; head -c 3 zero | wc -c; echo x > null; readlink stdin; readlink ptmx',
  );
  const names = 'core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero';
  expect(stdout).toBe(`${names.replaceAll(' ', '\n')}\n3\n/proc/self/fd/0\npts/ptmx\n`);
});

test('the cgroup namespace begins at the container', () => {
  const { stdout } = host.script('cut -d: -f3 /proc/self/cgroup | sort -u');
  expect(stdout).toBe('/\n');
});

test('no descriptor of the caller or of tsnet is inherited', () => {
  const list = ['sh', '-c', 'ls /proc/$$/fd; true'];
  const args = ['--network', 'null', host.rootfs, ...list];
  const inherit = 'exec 7<"$0" 9<"$0"; exec "$@"';
  const tsnet = join(binFolder, 'tsnet');
  expect(host.exec(['sh', '-c', inherit, canary, tsnet, 'run', '--rm', ...args]).stdout).toBe('0\n1\n2\n');
  expect(host.exec(['sh', '-c', inherit, canary, tsnet, 'exec', 'caps', ...list]).stdout).toBe('0\n1\n2\n');
});

test('a working directory of the host is out of reach', () => {
  for (let fd = 3; fd < 12; fd++)
    expect(host.tsnet('exec', '-w', `/proc/self/fd/${fd}`, 'caps', 'pwd').code).toBe(125);
});

describe('an image with symbolic links in place of mount points', () => {
  const links: [link: string, options: string[]][] = [
    ['proc', []],
    ['dev', []],
    ['sys', []],
    ['etc', []],
    ['data', ['-v', '/etc:/data']],
    ['data', ['-v', '/etc:/data/below/it']],
    ['data', ['-v', '/etc/hostname:/data/file']],
  ];
  test.each(links)('%s leads to the host (%j)', (link, options) => {
    const rootfs = host.makeRootfs('hostile');
    rmSync(join(rootfs, link), { recursive: true, force: true });
    symlinkSync(canary, join(rootfs, link));
    const done = host.tsnet('run', '--rm', '--network', 'null', ...options, rootfs, 'true');
    expect(done.code).toBe(125);
    expectCanaryUntouched();
    rmSync(rootfs, { recursive: true });
  });

  test.each([
    ['proc', '/tmp'],
    ['dev', '/tmp'],
    ['dev', '..'],
    ['sys', '/tmp'],
  ])('%s leads to %s, inside the image', (link, target) => {
    const rootfs = host.makeRootfs('hostile');
    symlinkSync(target, join(rootfs, link));
    const done = host.tsnet('run', '--rm', '--network', 'null', rootfs, 'true');
    expect(done).toMatchObject({ code: 125 });
    expect(done.stderr).toMatch(/a symbolic link is in the way|not a directory/);
    rmSync(rootfs, { recursive: true });
  });

  test('a volume on a link stays inside', () => {
    const rootfs = host.makeRootfs('hostile');
    symlinkSync('/tmp', join(rootfs, 'data'));
    const options = ['--rm', '--network', 'null', '-v', `${canary}:/data/in:ro`];
    expect(host.must('run', ...options, rootfs, 'cat', '/tmp/in/secret')).toBe('untouched');
    rmSync(rootfs, { recursive: true });
  });
});

test('a program that is /proc/self/exe finds nothing that it could overwrite', () => {
  const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  const files = [process.execPath, join(binFolder, 'tsnet'), join(binFolder, '../lib/launcher')];
  const before = files.map(digest);
  const rootfs = host.makeRootfs('overwriting');
  writeFileSync(join(rootfs, 'bin/evil'), '#!/proc/self/exe\n', { mode: 0o755 });
  const done = host.tsnet('run', '--rm', '--network', 'null', rootfs, 'evil');
  expect(done.code).toBe(127);
  expect(files.map(digest)).toEqual(before);
});

test('inside, no process is ever an executable of the host', () => {
  const watch =
    'while :; do for p in /proc/[0-9]*; do readlink $p/exe; done; done 2>/dev/null | grep -v busybox > /tmp/seen';
  host.detach('watcher', `${watch} & sleep 60`);
  for (let i = 0; i < 5; i++) host.must('exec', 'watcher', 'true');
  const seen = host.must('exec', 'watcher', 'cat', '/tmp/seen').split('\n').filter(Boolean);
  expect(seen.filter((path) => !path.startsWith('/memfd:tsnet-launcher'))).toEqual([]);
});
