import yargs, { type Argv } from 'yargs';
import { exec } from './exec';
import { decodeProgramArguments, encodeProgramArguments } from './program-arguments';
import { run } from './run';

test.each([
  [
    ['run', 'web'],
    [['run'], [], 'web'],
  ],
  [
    ['run', '-d', '--name', 'x', 'web', 'ls', '-l', '--help'],
    [['run', '-d', '--name', 'x'], ['ls', '-l', '--help'], 'web'],
  ],
  [
    ['run', '--name=x', 'web', '5'],
    [['run', '--name=x'], ['5'], 'web'],
  ],
  [
    ['run', '-dp', '80:80', 'web'],
    [['run', '-dp', '80:80'], [], 'web'],
  ],
  [
    ['run', '-p80:80', '--rm', 'web'],
    [['run', '-p80:80', '--rm'], [], 'web'],
  ],
  [
    ['run', '-it', '--bad', 'web', '-p', '1'],
    [['run', '-it', '--bad'], ['-p', '1'], 'web'],
  ],
  [
    ['run', '-eX', '-vdp', 'web'],
    [['run', '-eX', '-vdp'], [], 'web'],
  ],
  [
    ['run', '-d', '--', 'web', '--', 'x'],
    [['run', '-d'], ['--', 'x'], 'web'],
  ],
  [
    ['exec', '-e', 'A=b', 'web', 'sh', '-c', 'exit 3'],
    [['exec', '-e', 'A=b'], ['sh', '-c', 'exit 3'], 'web'],
  ],
])('%j', (argv, [options, program, first]) => {
  expect(encodeProgramArguments(argv as string[])).toEqual([
    ...(options as string[]),
    '--program-arguments',
    JSON.stringify(program),
    first,
  ]);
});

test.each([[['run']], [['run', '--help']], [['ps', '-a']], [[]]])('%j stays as it is', (argv) => {
  expect(encodeProgramArguments(argv)).toEqual(argv);
});

test('decoding gives back what was encoded', () => {
  const argv = encodeProgramArguments(['run', 'web', 'sh', '-c', 'echo "a b"']);
  expect(decodeProgramArguments(argv[2]!)).toEqual(['sh', '-c', 'echo "a b"']);
  expect(() => decodeProgramArguments('[1]')).toThrow('expected a JSON array of strings');
});

test.each([
  ['run', run],
  ['exec', exec],
])('every option of %s is known to take a value, or not', (name, command) => {
  const parser = yargs([]);
  (command.builder as (argv: Argv) => Argv)(parser);
  const { key, boolean, alias } = (
    parser as unknown as {
      getOptions(): { key: object; boolean: string[]; alias: Record<string, string[]> };
    }
  ).getOptions();
  for (const option of Object.keys(key).filter(
    (known) => !['image', 'container', 'program-arguments'].includes(known),
  ))
    for (const spelled of [option, ...(alias[option] ?? [])].filter((text) => !/[A-Z]/.test(text))) {
      const flag = spelled.length === 1 ? `-${spelled}` : `--${spelled}`;
      const valued = !boolean.includes(option) && !['help', 'version'].includes(option);
      const encoded = encodeProgramArguments([name, flag, 'next', 'last']);
      expect([flag, encoded.at(-1)]).toEqual([flag, valued ? 'last' : 'next']);
    }
});
