import { spawnSync } from 'node:child_process';
import { openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { hasCode } from './errors';
import { SealedMemfd } from './memfd';

test('a sealed memfd keeps its pieces, with zeroes between them', () => {
  using memfd = SealedMemfd.create('pieces', [
    { offset: 0, bytes: Buffer.from('ab') },
    { offset: 4, bytes: Buffer.from('cd') },
  ]);
  const content = Buffer.alloc(memfd.size);
  readSync(memfd.fd, content, 0, content.length, 0);
  expect(content.toString('latin1')).toBe('ab\0\0cd');
});

test('a sealed memfd cannot be written through any descriptor', () => {
  using memfd = SealedMemfd.create('sealed', [{ offset: 0, bytes: Buffer.from('ab') }]);
  let refusal: unknown;
  try {
    writeSync(openSync(`/proc/self/fd/${memfd.fd}`, 'r+'), 'x');
  } catch (error) {
    refusal = error;
  }
  expect(hasCode(refusal, 'EPERM')).toBe(true);
});

test('a sealed memfd can be executed', () => {
  using memfd = SealedMemfd.create('program', [{ offset: 0, bytes: readFileSync('/bin/busybox') }]);
  const done = spawnSync(`/proc/self/fd/${memfd.fd}`, ['hello'], { argv0: 'echo', encoding: 'utf8' });
  expect(done.stdout).toBe('hello\n');
});
