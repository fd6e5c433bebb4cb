import { UsageError } from './failure';
import { createParser } from './parser';

async function parse(line: string) {
  return createParser(line === '' ? [] : line.split(' '), '1.2.3').parseAsync();
}

test.each([
  ['', 'expected a command'],
  ['frobnicate', 'unknown argument "frobnicate"'],
  ['attach n', 'missing argument: got 1, expected at least 2'],
  ['attach n c1 more', 'unknown argument "more"'],
  ['attach n c1 --bogus', 'unknown argument "bogus"'],
  ['attach n c1 --ifname', 'option --ifname: expected a value'],
  ['attach n c1 --ifname a --ifname b', 'option --ifname: expected it once, got ["a","b"]'],
  ['attach n c1 --args x', '--args "x": expected K=V'],
  ['attach n c1 --capability-args []', '--capability-args "[]": expected a JSON object'],
  ['network', 'expected a command after "network"'],
  ['network nope', 'unknown argument "nope"'],
])('"%s" is a usage error', async (line, message) => {
  const failure = await parse(line).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UsageError);
  expect((failure as UsageError).message).toContain(message);
});

test.each(['attach', 'detach', 'check', 'network ls', 'network inspect', 'network gc', 'network status'])(
  '%s --help shows examples',
  async (command) => {
    const log = jest.spyOn(console, 'log').mockImplementation(() => {});
    try {
      await parse(`${command} --help`);
      expect(log.mock.calls.join('\n')).toMatch(/Examples:\n +tsnet /);
    } finally {
      log.mockRestore();
    }
  },
);
