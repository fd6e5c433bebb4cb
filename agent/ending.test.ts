import { EventEmitter } from 'node:events';
import { awaitEnding } from './ending';
import { createLog } from './log';

function start() {
  const events = new EventEmitter();
  const lines: string[] = [];
  const ending = awaitEnding(
    createLog('info', (line) => lines.push(line)),
    events,
  );
  return { events, lines, ending };
}

test.each(['SIGTERM', 'SIGINT'])('%s ends the agent well', async (signal) => {
  const { events, ending } = start();
  events.emit(signal);
  expect(await ending).toEqual({ reason: signal, exitCode: 0 });
});

test.each(['uncaughtException', 'unhandledRejection'])(
  '%s ends it badly, with its stack in the log',
  async (event) => {
    const { events, lines, ending } = start();
    events.emit(event, new Error('a\nb'));
    expect(await ending).toEqual({ reason: 'a defect', exitCode: 1 });
    expect(lines).toEqual([expect.stringMatching(/^error: uncaught: Error: a \| b \| at .*\n$/)]);
  },
);

test('a defect after that is logged, and changes nothing', async () => {
  const { events, lines, ending } = start();
  events.emit('SIGTERM');
  events.emit('uncaughtException', 'late');
  expect(await ending).toMatchObject({ exitCode: 0 });
  expect(lines).toEqual(['error: uncaught: late\n']);
});
