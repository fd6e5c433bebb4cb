/** Images as they are found: with dangling links, with many layers. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunHost } from './run-host';

let host: RunHost;
beforeAll(async () => {
  host = await RunHost.create();
});
afterAll(() => host.destroy());

test.each([
  ['whose folder is there', '../tmp/resolv.conf', '/tmp/resolv.conf'],
  ['whose folder is missing', '../run/systemd/resolve/stub-resolv.conf', '/etc/resolv.conf'],
  ['that would lead out of the image', '../../../../tmp/resolv.conf', '/tmp/resolv.conf'],
  ['that is absolute', '/tmp/resolv.conf', '/tmp/resolv.conf'],
])('/etc/resolv.conf is a link to a missing file %s', (_, target, mounted) => {
  const rootfs = host.makeRootfs('dangling');
  symlinkSync(target, join(rootfs, 'etc/resolv.conf'));
  const script = `cat /etc/resolv.conf; grep -c ' ${mounted} ' /proc/self/mounts`;
  const done = host.tsnet('run', '--rm', '--network', 'null', rootfs, 'sh', '-c', script);
  expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^nameserver [\s\S]*\n1\n$/) });
  expect(host.exec(['test', '-e', '/tmp/resolv.conf']).code).toBe(1);
  rmSync(rootfs, { recursive: true });
});

test('/etc/resolv.conf that leads to itself is refused', () => {
  const rootfs = host.makeRootfs('loop');
  symlinkSync('resolv.conf', join(rootfs, 'etc/resolv.conf'));
  const done = host.tsnet('run', '--rm', '--network', 'null', rootfs, 'true');
  expect(done).toMatchObject({ code: 125, stderr: expect.stringContaining('a symbolic link is in the way') });
  expect(host.traces()).toEqual([]);
});

test('/etc/passwd that is no file does not keep anybody waiting', () => {
  const rootfs = host.makeRootfs('fifo');
  host.host.sh(`rm '${rootfs}/etc/passwd'; mkfifo '${rootfs}/etc/passwd'`);
  const args = ['run', '--rm', '--network', 'null', '-u', '7:8', rootfs, 'grep', 'Uid', '/proc/self/status'];
  expect(host.must(...args)).toBe('Uid:\t7\t7\t7\t7\n');
});

test('an image of 150 layers, whose names hold separators', () => {
  const folder = join(host.folder, 'many');
  const layers = Array.from({ length: 150 }, (_, i) => join(folder, `a:long,name-${'x'.repeat(60)}-${i}`));
  for (const [i, layer] of layers.entries()) {
    mkdirSync(join(layer, 'from'), { recursive: true });
    writeFileSync(join(layer, 'from', String(i)), '');
    writeFileSync(join(layer, 'topmost'), String(i));
  }
  host.must('import', host.rootfs, 'many');
  const file = join(host.state, 'images/many%3Alatest.json');
  const image = JSON.parse(host.host.sh(`cat '${file}'`));
  writeFileSync(file, JSON.stringify({ ...image, layers: [...layers, ...image.layers] }));
  const script = 'ls /from | wc -l; cat /topmost';
  expect(host.must('run', '--rm', '--network', 'null', 'many', 'sh', '-c', script)).toBe('150\n0');
});
