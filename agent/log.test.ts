import { createLog, describeDefect, type LogLevel, logLevels } from './log';

test.each([
  ['error', ['error: e\n']],
  ['info', ['error: e\n', 'info: i\n']],
  ['debug', ['error: e\n', 'info: i\n', 'debug: d\n']],
] as [LogLevel, string[]][])('at level %s', (level, expected) => {
  const lines: string[] = [];
  const log = createLog(level, (line) => lines.push(line));
  for (const name of logLevels) log[name](name[0]!);
  expect(lines).toEqual(expected);
});

test.each([new Error('two\nlines'), 'text\nand more', undefined, null, { stack: 5 }])(
  'a defect is one line: %p',
  (defect) => {
    expect(describeDefect(defect)).not.toContain('\n');
    expect(describeDefect(defect)).not.toBe('');
  },
);
