import { execFileSync } from 'node:child_process';
import { enterPrivateHost } from '../private-host';
import { flushUdpFlows } from './flush';
import type { UdpFlows } from './model';
import { flushByNetlink } from './netlink';
import { flushByProgram } from './program';

enterPrivateHost();

const client = { ipv4: '192.0.2.2', ipv6: '2001:db8::2' };
const host = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' };
const container = { ipv4: '10.0.0.2', ipv6: 'fd00::2' };

type Family = UdpFlows['family'];

function conntrack(...args: string[]): string {
  return execFileSync('conntrack', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function addFlow(family: Family, protocol: string, port: number, ...more: string[]): void {
  const tuple = ['-s', client[family], '-d', host[family], '--sport', '4000', '--dport', `${port}`];
  conntrack('-I', '-p', protocol, ...tuple, '-t', '100', ...more);
}

/** A flow that is led to the container. */
function addTranslatedFlow(family: Family, port: number): void {
  const ports = ['--reply-port-src', `${port}`, '--reply-port-dst', '4000'];
  addFlow(family, 'udp', port, '-r', container[family], '-q', client[family], ...ports);
}

function flows(family: Family): string[] {
  return [...conntrack('-L', '-f', family).matchAll(/^(\w+) .*? dport=(\d+)/gm)]
    .map(([, protocol, port]) => `${protocol} ${port}`)
    .sort();
}

afterEach(() => {
  conntrack('-F');
});

describe.each([
  ['by filter', flushByNetlink],
  ['by listing', (what: UdpFlows) => flushByNetlink(what, 0)],
  ['by program', flushByProgram],
])('%s', (_way, flush) => {
  it.each(['ipv4', 'ipv6'] as const)('deletes %s flows of the ports and of the container', async (family) => {
    for (const port of [53, 54, 56]) addFlow(family, 'udp', port);
    addTranslatedFlow(family, 55);
    addFlow(family, 'tcp', 53, '--state', 'ESTABLISHED');
    expect(flows(family)).toEqual(['tcp 53', 'udp 53', 'udp 54', 'udp 55', 'udp 56']);
    const hostPorts = [
      { first: 53, last: 53 },
      { first: 56, last: 56 },
    ];
    expect(await flush({ family, hostPorts, containerAddress: container[family] })).toBeUndefined();
    expect(flows(family)).toEqual(['tcp 53', 'udp 54']);
  });

  it.each(['ipv4', 'ipv6'] as const)('deletes %s flows of ports alone', async (family) => {
    for (const port of [53, 54]) addFlow(family, 'udp', port);
    await flush({ family, hostPorts: [{ first: 54, last: 54 }] });
    expect(flows(family)).toEqual(['udp 53']);
  });

  it('leaves the other family alone, and finds nothing without complaint', async () => {
    addFlow('ipv4', 'udp', 53);
    for (const _round of [1, 2]) await flush({ family: 'ipv6', hostPorts: [{ first: 53, last: 53 }] });
    expect(flows('ipv4')).toEqual(['udp 53']);
  });
});

it('of a large range, deletes exactly its ports, however many flows there are', async () => {
  for (const port of [9999, 10_000, 10_400, 10_800, 10_801]) addTranslatedFlow('ipv4', port);
  await flushUdpFlows({ family: 'ipv4', hostPorts: [{ first: 10_000, last: 10_800 }] });
  expect(flows('ipv4')).toEqual(['udp 10801', 'udp 9999']);
});

it('deletes more flows than one batch of requests holds', async () => {
  for (let first = 1000; first < 1300; first += 100)
    execFileSync(
      'bash',
      [
        '-c',
        `for port in $(seq ${first} ${first + 99}); do
           conntrack -I -p udp -s 192.0.2.2 -d 192.0.2.1 --sport 4000 --dport $port -t 100 || exit 1
         done`,
      ],
      { stdio: 'ignore' },
    );
  expect(flows('ipv4')).toHaveLength(300);
  await flushUdpFlows({ family: 'ipv4', hostPorts: [{ first: 1000, last: 1298 }] });
  expect(flows('ipv4')).toEqual(['udp 1299']);
});

it('without FFI and without the program it warns', async () => {
  const { PATH } = process.env;
  process.env.PATH = '/nonexistent';
  process.env.TSNET_NO_FFI = '1';
  try {
    const nothing = { family: 'ipv6', hostPorts: [{ first: 1, last: 1 }] } as const;
    expect(await flushUdpFlows(nothing)).toContain('not installed');
  } finally {
    process.env.PATH = PATH;
    delete process.env.TSNET_NO_FFI;
  }
});
