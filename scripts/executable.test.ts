import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { cacheFile, labelOf, sumOf } = require('./build/cache-file.cjs');
const { executableText, wrap } = require('./build/executable.mjs');

const text = (program: string) => executableText({ name: 'null', version: '1.2.3', wrapped: wrap(program) });

describe('executableText', () => {
  test('names the build in the second line', () => {
    expect(text('').split('\n')[1]).toBe('// tsnet 1.2.3 null');
  });

  test('carries programs that hold the end of a comment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsnet-executable-'));
    try {
      const file = join(folder, 'program');
      writeFileSync(
        file,
        text(`/* a */ console.log(/^a*/.exec('aab')[0] + '*/' + module.id + __filename); // */`),
      );
      expect(execFileSync(process.execPath, [file], { encoding: 'utf8' })).toBe(`aa*/.${file}\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(['"\u00e9"', '"*\u0001/"'])('refuses %j, which would become another text', (program) => {
    expect(() => text(program)).toThrow('wrap "null": the program is not plain ASCII');
  });
});

describe('a cache file', () => {
  test('has a label of 64 bytes that names program, Node and processor', () => {
    const digest = '0123456789abcdef'.repeat(2);
    expect(labelOf(digest)).toMatch(new RegExp(`^${digest} v\\d+\\.\\d+\\.\\d+ \\w+ +$`));
    expect(labelOf(digest)).toHaveLength(64);
  });

  test('ends with the sum of its data', () => {
    const data = Buffer.from('some data of V8');
    const file = cacheFile(labelOf('x'), data);
    expect(file.subarray(64, -4)).toEqual(data);
    expect(file.readInt32LE(file.length - 4)).toBe(sumOf(data));
  });

  test.each([0, 512, 4096, 99_488])('tells when the block at %i is lost, and when the end is', (start) => {
    const data = Buffer.alloc(100_000).map((_, at) => (at * 7) | 1);
    const damaged = Buffer.from(data).fill(0, start, start + 512);
    expect(sumOf(damaged)).not.toBe(sumOf(data));
    expect(sumOf(data.subarray(0, -1))).not.toBe(sumOf(data));
  });
});
