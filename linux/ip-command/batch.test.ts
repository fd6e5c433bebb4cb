import { CommandError } from '../errors';
import { doneInBatch, planBatches } from './batch';
import type { CommandLine } from './render';

const words = (line: string) => line.split(' ') as CommandLine;

test('neighbours of one program share a process, with the options of all', () => {
  const commands = ['ip link add name a type bridge', 'ip -json -N link show', 'bridge link', 'ip link'].map(
    words,
  );
  expect(planBatches(commands)).toEqual([
    { command: words('ip -json -N -batch -'), input: 'link add name a type bridge\nlink show\n', count: 2 },
    { command: ['bridge', 'link'], count: 1 },
    { command: ['ip', 'link'], count: 1 },
  ]);
});

test('other programs run by themselves', () => {
  const commands = ['nsenter --net=/x ip link', 'nsenter --net=/x ip link'].map(words);
  expect(planBatches(commands).map(({ count }) => count)).toEqual([1, 1]);
});

test.each([
  ['', '""'],
  ['a b', '"a b"'],
  ['say "x"', `'say "x"'`],
  ["it's", `"it's"`],
])('%j is quoted', (alias, quoted) => {
  const command: CommandLine = ['ip', 'link', 'set', 'dev', 'a', 'alias', alias];
  expect(planBatches([command, command])[0]!.input).toBe(`link set dev a alias ${quoted}\n`.repeat(2));
});

test.each(['a#b', 'a\nlink delete b', 'a\\', `"'`])('%j cannot be in a batch', (alias) => {
  const command: CommandLine = ['ip', 'link', 'set', 'dev', 'a', 'alias', alias];
  expect(planBatches([['ip', 'link'], command, ['ip', 'link']]).map(({ count }) => count)).toEqual([1, 1, 1]);
});

test.each([
  ['RTNETLINK answers: File exists\nCommand failed -:1\n', 0],
  ['RTNETLINK answers: File exists\nCommand failed -:3\n', 2],
  ['RTNETLINK answers: File exists\n', 0],
])('%j', (stderr, done) => {
  expect(doneInBatch(new CommandError(['ip'], { code: 'EXIT', exitCode: 1, stderr }))).toBe(done);
});
