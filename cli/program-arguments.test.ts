import { decodeProgramArguments, encodeProgramArguments } from './program-arguments';

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
