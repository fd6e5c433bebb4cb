import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEtcFile } from './layer-file';

let folder: string;
let secret: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsnet-layers-'));
  secret = join(folder, 'secret');
  mkdirSync(secret);
  writeFileSync(join(secret, 'passwd'), 'secret');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function layer(name: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'etc'), { recursive: true });
  return path;
}

test('the topmost layer that has the file decides', () => {
  const [top, middle, bottom] = [layer('top'), layer('middle'), layer('bottom')];
  writeFileSync(join(middle, 'etc/passwd'), 'middle');
  writeFileSync(join(bottom, 'etc/passwd'), 'bottom');
  expect(readEtcFile([top, middle, bottom], 'passwd')).toBe('middle');
  expect(readEtcFile([top], 'passwd')).toBe('');
  expect(readEtcFile([join(folder, 'absent')], 'passwd')).toBe('');
});

test('links do not lead out, neither the file nor its folder', () => {
  const linked = layer('linked');
  symlinkSync(join(secret, 'passwd'), join(linked, 'etc/passwd'));
  expect(readEtcFile([linked], 'passwd')).toBe('');
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  symlinkSync(secret, join(outside, 'etc'));
  expect(readEtcFile([outside], 'passwd')).toBe('');
});

test('what is no file is not waited for, what is large is not read', () => {
  const odd = layer('odd');
  execFileSync('mkfifo', [join(odd, 'etc/passwd')]);
  mkdirSync(join(odd, 'etc/group'));
  writeFileSync(join(odd, 'etc/huge'), Buffer.alloc(1024 ** 2 + 1));
  expect(readEtcFile([odd], 'passwd')).toBe('');
  expect(readEtcFile([odd], 'group')).toBe('');
  expect(() => readEtcFile([odd], 'huge')).toThrow('larger than 1048576 bytes');
});
