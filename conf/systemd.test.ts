/** What the units of systemd must not lose: it would show only on a host that boots with them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, 'systemd');

type Directive = [name: string, value: string];

function read(unit: string): Directive[] {
  return readFileSync(join(folder, unit), 'utf8')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.split(/=(.*)/s, 2) as Directive);
}

const service = read('tsnet-agent.service');
const socket = read('tsnet-agent.socket');
const findValue = (unit: Directive[], wanted: string) => unit.find(([name]) => name === wanted)?.[1];

/** Directives that give a service a mount or network namespace of its own (systemd.exec(5)). */
const separating =
  /^(Private|Protect(System|Home|Kernel|Control|Clock|Hostname|Proc)|ReadOnly|ReadWrite|Inaccessible|Exec(Paths|SearchPath)|NoExec|Bind|TemporaryFileSystem|Root|Mount|Dynamic|NetworkNamespace|RuntimeDirectory|(State|Cache|Logs|Configuration)Directory)/;

test('the service stays in the namespaces of the host', () => {
  expect(service.filter(([name]) => separating.test(name))).toEqual([]);
});

test('the service tells when it is ready, and comes back', () => {
  expect(findValue(service, 'Type')).toBe('notify');
  expect(findValue(service, 'Restart')).toBe('always');
  expect(findValue(service, 'ExecStart')).toMatch(/ agent$/);
  expect(Number(findValue(service, 'TimeoutStopSec'))).toBeGreaterThan(20);
});

test('the socket is where clients look for it, for root only', () => {
  const client = readFileSync(join(__dirname, '../native/client.c'), 'utf8');
  expect(client).toContain(`"${findValue(socket, 'ListenStream')}"`);
  expect([findValue(socket, 'SocketMode'), findValue(socket, 'DirectoryMode')]).toEqual(['0600', '0700']);
});

test('both start at boot', () => {
  for (const unit of readdirSync(folder).filter((file) => /\.(service|socket)$/.test(file)))
    expect(findValue(read(unit), 'WantedBy')).toMatch(/\.target$/);
});
