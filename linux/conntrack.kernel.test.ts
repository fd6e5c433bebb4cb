import { execFileSync } from 'node:child_process';
import { flushUdpFlows } from './conntrack';
import { enterPrivateHost } from './private-host';

enterPrivateHost();

function addFlow(protocol: string, port: number, ...more: string[]): void {
  const tuple = ['-s', '192.0.2.2', '-d', '192.0.2.1', '--sport', '4000', '--dport', `${port}`];
  execFileSync('conntrack', ['-I', '-p', protocol, ...tuple, '-t', '100', ...more], { stdio: 'ignore' });
}

function flows(): string[] {
  const text = execFileSync('conntrack', ['-L'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return [...text.matchAll(/^(\w+) .*? dport=(\d+)/gm)]
    .map(([, protocol, port]) => `${protocol} ${port}`)
    .sort();
}

it('deletes UDP flows of the ports and of the container, and no others', async () => {
  addFlow('udp', 53);
  addFlow('udp', 54);
  addFlow(
    'udp',
    55,
    '-r',
    '10.0.0.2',
    '-q',
    '192.0.2.2',
    '--reply-port-src',
    '55',
    '--reply-port-dst',
    '4000',
  );
  addFlow('tcp', 53, '--state', 'ESTABLISHED');
  expect(flows()).toEqual(['tcp 53', 'udp 53', 'udp 54', 'udp 55']);
  const warning = await flushUdpFlows({
    family: 'ipv4',
    hostPorts: [{ first: 53, last: 53 }],
    containerAddress: '10.0.0.2',
  });
  expect(warning).toBeUndefined();
  expect(flows()).toEqual(['tcp 53', 'udp 54']);
});

it('finds nothing to delete without complaint, and warns without the program', async () => {
  const nothing = { family: 'ipv6', hostPorts: [{ first: 1, last: 1 }] } as const;
  expect(await flushUdpFlows(nothing)).toBeUndefined();
  const { PATH } = process.env;
  process.env.PATH = '/nonexistent';
  try {
    expect(await flushUdpFlows(nothing)).toContain('not installed');
  } finally {
    process.env.PATH = PATH;
  }
});
