import fc from 'fast-check';
import type { Result } from './result';
import { formatResult, parseResult } from './result-conversion';
import { allVersions } from './versions';

const current = {
  interfaces: [
    { name: 'cni0', mac: '00:11:22:33:44:55' },
    {
      name: 'eth0',
      mac: '00:11:22:33:44:66',
      mtu: 1500,
      sandbox: '/run/netns/c1',
      pciID: 'x',
      socketPath: '/s',
    },
  ],
  ips: [
    { interface: 1, address: '10.1.2.3/24', gateway: '10.1.2.1' },
    { interface: 1, address: '10.9.9.9/24' },
    { interface: 1, address: 'fd00::5/64', gateway: 'fd00::1' },
  ],
  routes: [
    { dst: '0.0.0.0/0', gw: '10.1.2.1', mtu: 1400, table: 0, scope: 0 },
    { dst: '::/0' },
    { dst: '192.168.7.9/24', priority: 5 },
  ],
  dns: { nameservers: ['10.1.2.1'], search: ['x'] },
};

test('1.1.0 carries everything', () => {
  expect(formatResult(current, '1.1.0')).toEqual({ cniVersion: '1.1.0', ...current });
});

const oldInterfaces = [
  { name: 'cni0', mac: '00:11:22:33:44:55' },
  { name: 'eth0', mac: '00:11:22:33:44:66', sandbox: '/run/netns/c1' },
];

test('1.0.0 carries no newer interface fields, but those that came in', () => {
  const format = (carried?: Result) => formatResult(current, '1.0.0', carried).interfaces;
  expect(format()).toEqual(oldInterfaces);
  expect(format({ interfaces: [{ name: 'eth0', mtu: 1400 }] })).toEqual(oldInterfaces);
  const carried = { interfaces: [{ name: 'eth0', sandbox: '/run/netns/c1', mtu: 1400 }] };
  expect(format(carried)).toEqual([oldInterfaces[0], { ...oldInterfaces[1], mtu: 1500 }]);
  expect(format(current)).toEqual(current.interfaces);
});

test.each(['0.3.0', '0.3.1', '0.4.0'])(
  '%s carries the family of addresses, and no newer interface fields',
  (version) => {
    expect(formatResult(current, version)).toEqual({
      cniVersion: version,
      interfaces: oldInterfaces,
      ips: [
        { version: '4', interface: 1, address: '10.1.2.3/24', gateway: '10.1.2.1' },
        { version: '4', interface: 1, address: '10.9.9.9/24' },
        { version: '6', interface: 1, address: 'fd00::5/64', gateway: 'fd00::1' },
      ],
      routes: current.routes,
      dns: current.dns,
    });
  },
);

test.each(['0.1.0', '0.2.0'])('%s carries one address per family with its routes', (version) => {
  expect(formatResult(current, version)).toEqual({
    cniVersion: version,
    ip4: {
      ip: '10.1.2.3/24',
      gateway: '10.1.2.1',
      routes: [{ dst: '0.0.0.0/0', gw: '10.1.2.1' }, { dst: '192.168.7.9/24' }],
    },
    ip6: { ip: 'fd00::5/64', gateway: 'fd00::1', routes: [{ dst: '::/0' }] },
    dns: current.dns,
  });
});

test.each([
  ['1.1.0', { cniVersion: '1.1.0' }],
  ['1.0.0', { cniVersion: '1.0.0' }],
  ['0.4.0', { cniVersion: '0.4.0', dns: {} }],
])('an empty result in %s', (version, expected) => {
  expect(formatResult({ interfaces: [], ips: [], routes: [], dns: { search: [] } }, version)).toEqual({
    ...expected,
    ...(version === '0.4.0' && { dns: { search: [] } }),
  });
  expect(formatResult({}, version)).toEqual(expected);
});

test('0.2.0 has no result without an address', () => {
  expect(() => formatResult({ interfaces: [{ name: 'eth0' }] }, '0.2.0')).toThrow(
    'cannot convert: no valid IP addresses',
  );
});

test('a result says itself what version it is, in its field or by its shape', () => {
  const legacy = { ip4: { ip: '10.0.0.2/24', routes: [{ dst: '0.0.0.0/0' }] } };
  const read = { ips: [{ address: '10.0.0.2/24' }], routes: [{ dst: '0.0.0.0/0' }] };
  expect(parseResult({ cniVersion: '0.2.0', ...legacy }, '1.0.0', 'x')).toEqual(read);
  expect(parseResult(legacy, '1.0.0', 'x')).toEqual(read);
  expect(parseResult({ ips: read.ips }, '1.0.0', 'x')).toEqual({ ips: read.ips });
  expect(parseResult({ cniVersion: '', IPs: read.ips, dns: null }, '1.0.0', 'x')).toEqual({ ips: read.ips });
});

test.each([
  [null, 7],
  ['x', 7],
  [[], 7],
  [{ cniVersion: '9.9.9' }, 1],
  [{ cniVersion: '1.0.0', ips: 'x' }, 7],
  [{ cniVersion: '1.0.0', ips: [{}] }, 7],
  [{ cniVersion: '1.0.0', ips: [{ address: '10.0.0.1' }] }, 7],
  [{ cniVersion: '1.0.0', ips: [{ address: '10.0.0.1/33' }] }, 7],
  [{ cniVersion: '1.0.0', ips: [{ address: '::1/129' }] }, 7],
  [{ cniVersion: '1.0.0', ips: [{ address: '10.0.0.1/24', interface: 0.5 }] }, 7],
  [{ cniVersion: '1.0.0', interfaces: [{ name: 5 }] }, 7],
  [{ cniVersion: '1.0.0', routes: [{ gw: '10.0.0.1' }] }, 7],
  [{ cniVersion: '0.2.0', ip4: { ip: 'x' } }, 7],
])('%j is not a result', (raw, code) => {
  expect(() => parseResult(raw, '1.0.0', 'prevResult')).toThrow(expect.objectContaining({ code }));
});

describe('round trips', () => {
  const unknown = fc.dictionary(fc.stringMatching(/^x[a-z]{0,5}$/), fc.jsonValue({ maxDepth: 2 }), {
    maxKeys: 2,
    noNullPrototype: true,
  });
  const withUnknown = <T extends object>(known: fc.Arbitrary<T>) =>
    fc.tuple(known, unknown).map(([fields, extra]) => ({ ...extra, ...fields }));
  const v4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map((parts) => parts.join('/'));
  const v6 = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map((parts) => parts.join('/'));
  const list = <T>(element: fc.Arbitrary<T>) => fc.array(element, { minLength: 1, maxLength: 3 });
  const optional = { requiredKeys: [] as [], noNullPrototype: true };
  const dns = withUnknown(
    fc.record(
      { nameservers: list(fc.ipV4()), domain: fc.stringMatching(/^[a-z]+$/) },
      { noNullPrototype: true },
    ),
  );
  const ip = withUnknown(
    fc.record(
      { address: fc.oneof(v4, v6), gateway: fc.ipV4(), interface: fc.nat(3) },
      { requiredKeys: ['address'], noNullPrototype: true },
    ),
  );
  const oldInterface = withUnknown(
    fc.record(
      { name: fc.string(), mac: fc.string(), sandbox: fc.string() },
      { requiredKeys: ['name'], noNullPrototype: true },
    ),
  );
  const newInterface = fc.tuple(oldInterface, fc.nat()).map(([known, mtu]) => ({ ...known, mtu }));
  const route = withUnknown(
    fc.record(
      { dst: fc.oneof(v4, v6), gw: fc.ipV4(), mtu: fc.nat(), priority: fc.nat(), scope: fc.nat(255) },
      { requiredKeys: ['dst'], noNullPrototype: true },
    ),
  );
  const result = (iface: fc.Arbitrary<object>) =>
    withUnknown(
      fc.record({ interfaces: list(iface), ips: list(ip), routes: list(route), dns }, optional),
    ) as fc.Arbitrary<Result>;

  test.each(['1.0.0', '1.1.0'])('any result through %s is unchanged', (version) => {
    fc.assert(
      fc.property(result(newInterface), (given) => {
        expect(parseResult(formatResult(given, version, given), 'none', 'x')).toEqual(given);
      }),
    );
  });

  test.each(['0.3.0', '0.3.1', '0.4.0'])('an old result through %s is unchanged, dns aside', (version) => {
    fc.assert(
      fc.property(result(oldInterface), (given) => {
        expect(parseResult(formatResult(given, version), 'none', 'x')).toEqual({ dns: {}, ...given });
      }),
    );
  });

  const section = (cidr: fc.Arbitrary<string>) =>
    withUnknown(
      fc.record(
        {
          ip: cidr,
          gateway: fc.ipV4(),
          routes: list(
            withUnknown(
              fc.record({ dst: cidr, gw: fc.ipV4() }, { requiredKeys: ['dst'], noNullPrototype: true }),
            ),
          ),
        },
        { requiredKeys: ['ip'], noNullPrototype: true },
      ),
    );
  const legacy = withUnknown(
    fc
      .record({ ip4: section(v4), ip6: section(v6), dns }, { requiredKeys: ['dns'], noNullPrototype: true })
      .filter(({ ip4, ip6 }) => ip4 !== undefined || ip6 !== undefined),
  );

  test.each(['0.1.0', '0.2.0'])('any %s result read and written is unchanged', (cniVersion) => {
    fc.assert(
      fc.property(legacy, (given) => {
        const wire = { cniVersion, ...given };
        expect(formatResult(parseResult(wire, 'none', 'x'), cniVersion)).toEqual(wire);
      }),
    );
  });

  test('every version reads what every version wrote', () => {
    const version = fc.constantFrom(...allVersions);
    fc.assert(
      fc.property(legacy, version, version, (given, from, to) => {
        const first = parseResult({ cniVersion: '0.2.0', ...given }, 'none', 'x');
        const second = parseResult(formatResult(first, from), 'none', 'x');
        expect(formatResult(second, to)).toEqual(formatResult(first, to));
      }),
    );
  });
});

test.each([
  [{ cniVersion: '1.0.0', ips: [{ address: '10.1.0.2/24', gateway: 'zz' }] }, 'zz'],
  [{ cniVersion: '1.0.0', routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.300' }] }, '10.1.0.300'],
  [{ cniVersion: '0.2.0', ip4: { ip: '10.1.0.2/24', gateway: 'zz' } }, 'zz'],
])('a gateway that is no address is refused: %j', (result, value) => {
  expect(() => parseResult(result, '1.0.0', 'result')).toThrow(`"${value}": expected an IP address`);
});

test('an empty gateway says nothing', () => {
  const result = { cniVersion: '1.0.0', ips: [{ address: '10.1.0.2/24', gateway: '' }] };
  expect(parseResult(result, '1.0.0', 'result').ips).toHaveLength(1);
});
