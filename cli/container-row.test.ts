import type { ContainerRecord } from '../runtime/store/container-record';
import { formatCommand, formatDuration, formatPort, formatStatus } from './container-row';

test.each([
  [0, '1 second'],
  [59_999, '59 seconds'],
  [60_000, '1 minute'],
  [7_200_000, '2 hours'],
  [86_400_000 * 400, '1 year'],
])('%i ms is %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

const record = { created: '2026-01-01T00:00:00Z', started: '2026-01-01T00:00:10Z' } as ContainerRecord;
const now = new Date('2026-01-01T00:05:10Z');

test('status tells for how long', () => {
  expect(formatStatus(record, { status: 'running', pid: 1 }, now)).toBe('Up 5 minutes');
  const end = { status: 'exited', exitCode: 137, finished: '2026-01-01T00:04:10Z' } as const;
  expect(formatStatus(record, end, now)).toBe('Exited (137) 1 minute ago');
  expect(formatStatus(record, { status: 'created' }, now)).toBe('Created');
});

test('ports are shown with the address that they are published on', () => {
  const port = { hostPort: 8080, containerPort: 80, protocol: 'tcp' } as const;
  expect(formatPort(port)).toBe('0.0.0.0:8080->80/tcp');
  expect(formatPort({ ...port, hostIP: '::1' })).toBe('[::1]:8080->80/tcp');
});

test('a long command is cut', () => {
  expect(formatCommand(['sleep', '1'])).toBe('"sleep 1"');
  expect(formatCommand(['x'.repeat(30)])).toBe(`"${'x'.repeat(19)}…"`);
});
