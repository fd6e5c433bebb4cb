import fc from 'fast-check';
import type { PortForward, RuleSetKey } from './model';
import { requireDistinctPorts, requireFreePorts } from './taken-ports';

const key: RuleSetKey = { role: 'portmap', owner: ['net', 'c1', 'eth0'] };
const target = { address: '10.0.0.2', port: 80, masquerade: 'needed', subnet: '10.0.0.0/24' } as const;
const anyForward = fc.record({
  family: fc.constant('ipv4' as const),
  protocol: fc.constantFrom('tcp' as const, 'udp' as const),
  hostAddress: fc.constantFrom(undefined, '192.0.2.1', '192.0.2.2'),
  hostPort: fc.integer({ min: 1, max: 30 }),
  count: fc.integer({ min: 1, max: 4 }),
});

function isRefused(action: () => void): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}

test('a set publishes a port twice exactly when one of its forwards takes the port of another', () => {
  fc.assert(
    fc.property(fc.array(anyForward, { maxLength: 8 }), (given) => {
      const forwards = given.map((one) => ({ ...target, ...one }) as PortForward);
      const ports = given.map(({ family, protocol, hostAddress, hostPort, count }) => ({
        ...{ family, protocol, first: hostPort, last: hostPort + count - 1, owner: '' },
        ...(hostAddress === undefined ? {} : { address: hostAddress }),
      }));
      const meets = ports.some((one, at) => isRefused(() => requireFreePorts([one], ports.slice(0, at))));
      expect(isRefused(() => requireDistinctPorts({ ...key, forwards }))).toBe(meets);
    }),
  );
});
