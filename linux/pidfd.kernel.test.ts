import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { hasCode } from './errors';
import { Pidfd } from './pidfd';

test('a signal reaches the process that was opened', async () => {
  const child = spawn('sleep', ['30']);
  using process = Pidfd.open(child.pid!);
  process.signal(constants.signals.SIGTERM);
  const signal = await new Promise((resolve) => child.on('exit', (_code, name) => resolve(name)));
  expect(signal).toBe('SIGTERM');
  expect(codeOf(() => process.signal(constants.signals.SIGTERM))).toBe('ESRCH');
});

test('a pid without a process is refused', () => {
  let refusal: unknown;
  try {
    Pidfd.open(2 ** 22 - 1);
  } catch (error) {
    refusal = error;
  }
  expect(hasCode(refusal, 'ESRCH')).toBe(true);
});

function codeOf(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
}
