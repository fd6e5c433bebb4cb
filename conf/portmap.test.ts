import fc from 'fast-check';
import { parse, safeParse } from 'valibot';
import { overlap, portMapping } from './port-mapping';
import { findDuplicate, portmapConf, requiredBackend } from './portmap';

const minimal = { cniVersion: '1.1.0', name: 'n', type: 'portmap' };

function mistakes(keys: object): string[] {
  return (safeParse(portmapConf, { ...minimal, ...keys }).issues ?? []).map(({ message }) => message);
}

test('keeps unknown keys, which belong to others of the chain', () => {
  expect(parse(portmapConf, { ...minimal, foo: 1 })).toMatchObject({ foo: 1, snat: true, masqAll: false });
});

const port = { hostPort: 8080, containerPort: 80, protocol: 'tcp' };

test.each([
  [{ backend: 'zz' }, 'unrecognized backend "zz"'],
  [{ markMasqBit: 32 }, 'MasqMarkBit must be between 0 and 31'],
  [{ markMasqBit: -1 }, 'MasqMarkBit must be between 0 and 31'],
  [{ markMasqBit: 3, externalSetMarkChain: 'X' }, 'Cannot specify externalSetMarkChain and markMasqBit'],
  [{ externalSetMarkChain: '-j EVIL' }, 'invalid chain name'],
  [{ conditionsV4: ['-s\n10.0.0.0/8'] }, 'invalid condition'],
  [
    { backend: 'iptables', conditionsV4: ['ip', 'saddr', '10.0.0.1'] },
    'iptables backend was requested but configuration contains nftables-specific options [conditionsV4]',
  ],
  [
    { backend: 'nftables', conditionsV6: ['-s', '::1'], markMasqBit: 3 },
    'nftables backend was requested but configuration contains iptables-specific options [markMasqBit conditionsV6]',
  ],
  [
    { markMasqBit: 3, conditionsV4: ['tcp', 'flags', 'syn'] },
    'configuration contains both iptables-specific options',
  ],
  [
    { runtimeConfig: { portMappings: [port, { ...port, hostIP: '127.0.0.1' }] } },
    'host port 127.0.0.1:8080/tcp is requested twice',
  ],
])('refuses %j: %s', (keys, message) => {
  expect(mistakes(keys)).toEqual([expect.stringContaining(message)]);
});

test('names every mistake at once', () => {
  const wrong = { ...port, hostPort: 0, protocol: 'x', hostIP: 'y' };
  expect(mistakes({ backend: 'zz', runtimeConfig: { portMappings: [wrong] } })).toHaveLength(4);
});

test.each([
  [{}, undefined],
  [{ backend: 'nftables' }, 'nftables'],
  [{ markMasqBit: 0 }, 'iptables'],
  [{ externalSetMarkChain: 'KUBE-MARK-MASQ' }, 'iptables'],
  [{ conditionsV4: ['!', '-s', '10.0.0.0/8'] }, 'iptables'],
  [{ conditionsV6: ['ip6', 'saddr', '::1'] }, 'nftables'],
])('%j asks for backend %s', (keys, expected) => {
  expect(requiredBackend(parse(portmapConf, { ...minimal, ...keys }))).toBe(expected);
});

test('a port is claimed twice exactly when two of the mappings overlap', () => {
  const anyMapping = fc.record({
    hostPort: fc.integer({ min: 1, max: 30 }),
    containerPort: fc.constant(80),
    protocol: fc.constantFrom('tcp', 'udp'),
    hostIP: fc.constantFrom('', '0.0.0.0', '10.0.0.1', '::1'),
    range: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(anyMapping, { maxLength: 8 }), (given) => {
      const mappings = given.map((one) => parse(portMapping, one));
      const pairs = mappings.flatMap((one, at) => mappings.slice(0, at).map((other) => overlap(one, other)));
      expect(findDuplicate(mappings) !== undefined).toBe(pairs.includes(true));
    }),
  );
});
