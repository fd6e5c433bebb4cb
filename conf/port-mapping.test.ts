import fc from 'fast-check';
import { parse, safeParse } from 'valibot';
import { describeHostSide, overlap, type PortMapping, portMapping } from './port-mapping';

function mapping(keys: object): PortMapping {
  return parse(portMapping, { hostPort: 8080, containerPort: 80, protocol: 'tcp', ...keys });
}

test('fills in what runtimes leave out', () => {
  const sent = { hostPort: 1, containerPort: 2 };
  expect(parse(portMapping, sent)).toEqual({ ...sent, protocol: 'tcp', hostIP: '', range: 1 });
  expect(parse(portMapping, { ...sent, protocol: '', hostIP: '' })).toEqual(parse(portMapping, sent));
});

test.each([
  ['protocol', 'UDP', 'udp'],
  ['hostIP', '::ffff:192.0.2.1', '192.0.2.1'],
  ['hostIP', '2001:db8::1', '2001:db8::1'],
])('reads %s %s as %s', (key, given, meant) => {
  expect(mapping({ [key]: given })).toHaveProperty(key, meant);
});

test.each([
  [{ hostPort: 0 }, 'Invalid host port number: 0'],
  [{ hostPort: -1 }, 'Invalid host port number: -1'],
  [{ hostPort: 65536 }, 'Invalid host port number: 65536'],
  [{ hostPort: 1.5 }, 'Invalid host port number: 1.5'],
  [{ hostPort: '80' }, 'Invalid host port number: "80"'],
  [{ containerPort: 0 }, 'Invalid container port number: 0'],
  [{ containerPort: 70000 }, 'Invalid container port number: 70000'],
  [{ protocol: 'icmp' }, 'invalid protocol "icmp"'],
  [{ protocol: 'tcp\n' }, 'invalid protocol'],
  [{ hostIP: 'localhost' }, 'invalid hostIP "localhost"'],
  [{ hostIP: '10.0.0.256' }, 'invalid hostIP "10.0.0.256"'],
  [{ hostIP: 'fe80::1%eth0' }, 'invalid hostIP "fe80::1%eth0"'],
  [{ hostIP: '10.0.0.1/24' }, 'invalid hostIP'],
  [{ range: 0 }, 'invalid range 0'],
  [{ hostPort: 65000, range: 1000 }, 'invalid range 1000: passes port 65535'],
  [{ containerPort: 65535, range: 2 }, 'invalid range 2: passes port 65535'],
])('refuses %j: %s', (keys, message) => {
  const parsed = safeParse(portMapping, { hostPort: 8080, containerPort: 80, ...keys });
  expect(parsed.issues?.map((issue) => issue.message)).toEqual([expect.stringContaining(message)]);
});

test.each<[object, object, boolean]>([
  [{}, {}, true],
  [{}, { hostPort: 8081 }, false],
  [{}, { protocol: 'udp' }, false],
  [{}, { hostIP: '127.0.0.1' }, true],
  [{}, { hostIP: '::1' }, true],
  [{ hostIP: '0.0.0.0' }, { hostIP: '192.0.2.1' }, true],
  [{ hostIP: '0.0.0.0' }, { hostIP: '::' }, false],
  [{ hostIP: '0:0::0' }, { hostIP: '2001:db8::1' }, true],
  [{ hostIP: '192.0.2.1' }, { hostIP: '192.0.2.2' }, false],
  [{ hostPort: 8000, range: 81 }, {}, true],
  [{ hostPort: 8000, range: 80 }, {}, false],
])('%j against %j: claims a port in common is %s', (one, other, expected) => {
  expect(overlap(mapping(one), mapping(other))).toBe(expected);
});

test('overlap is symmetric and every mapping overlaps itself', () => {
  const any = fc
    .record({
      hostPort: fc.integer({ min: 1, max: 12 }),
      range: fc.integer({ min: 1, max: 5 }),
      protocol: fc.constantFrom('tcp', 'udp', 'sctp'),
      hostIP: fc.constantFrom('', '0.0.0.0', '::', '127.0.0.1', '192.0.2.1', '::1'),
    })
    .map(mapping);
  fc.assert(
    fc.property(any, any, (one, other) => overlap(one, other) === overlap(other, one) && overlap(one, one)),
  );
});

test.each([
  [{}, '8080/tcp'],
  [{ hostIP: '192.0.2.1', protocol: 'udp' }, '192.0.2.1:8080/udp'],
  [{ hostIP: '2001:db8::1', range: 10 }, '[2001:db8::1]:8080-8089/tcp'],
])('describes %j as %s', (keys, expected) => {
  expect(describeHostSide(mapping(keys))).toBe(expected);
});
