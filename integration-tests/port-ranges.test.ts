/** A large published range, which runtimes hand over as single ports. */
import { createSandbox, Network } from './cni-call';
import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';
import { ask, serve, stopServers } from './traffic';

let host: PrivateHost;

beforeAll(async () => {
  host = await PrivateHost.create();
});
afterAll(() => {
  stopServers();
  host.destroy();
});

const portMappings = Array.from({ length: 10_001 }, (_, at) => ({
  hostPort: 10_000 + at,
  containerPort: 10_000 + at,
  protocol: 'tcp',
}));

test.each(['iptables', 'nftables'])('10,001 ports are published, checked and removed by %s', (backend) => {
  const net = new Network(host, {
    name: 'net',
    plugins: [
      {
        type: 'bridge',
        bridge: 'br0',
        isDefaultGateway: true,
        ipam: { type: 'host-local', subnet: '10.53.0.0/24' },
      },
      { type: 'portmap', backend, capabilities: { portMappings: true } },
    ],
  });
  const target = createSandbox(host, backend);
  const before = takeSnapshot(host, { except: ['br0'] });
  net.add(target, { portMappings });
  serve(host, { netns: backend, transport: 'tcp', port: 19_999, name: backend });
  expect(ask(host, { address: '10.53.0.1', port: 19_999 })).toContain(backend);
  expect(net.check(target).code).toBe(0);
  const second = createSandbox(host, `${backend}2`);
  expect(net.tryAdd(second, { portMappings: portMappings.slice(500, 501) }).json.code).toBe(100);
  for (const { code } of [...net.del(second), ...net.del(target)]) expect(code).toBe(0);
  expect(takeSnapshot(host, { except: ['br0'] })).toEqual(before);
});
