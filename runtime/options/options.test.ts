import fc from 'fast-check';
import { parseLimits } from './limits';
import { parsePortMapping } from './port-mapping';
import { parseSize } from './size';
import { parseVolume } from './volume';

test.each([
  ['8080:80', [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }]],
  ['127.0.0.1:53:5353/udp', [{ hostPort: 53, containerPort: 5353, protocol: 'udp', hostIP: '127.0.0.1' }]],
  ['[::1]:1:2/sctp', [{ hostPort: 1, containerPort: 2, protocol: 'sctp', hostIP: '::1' }]],
  [
    '7000-7001:80-81',
    [
      { hostPort: 7000, containerPort: 80, protocol: 'tcp' },
      { hostPort: 7001, containerPort: 81, protocol: 'tcp' },
    ],
  ],
])('-p %s', (text, expected) => {
  expect(parsePortMapping(text)).toEqual(expected);
});

test.each([
  ['80', 'expected [ip:]hostPort'],
  ['0:80', 'not within 1-65535'],
  ['1:65536', 'not within 1-65535'],
  ['9-8:80-81', 'not within 1-65535'],
  ['1-3:80-81', 'differ in length'],
  ['80:80/icmp', 'expected [ip:]hostPort'],
  ['80:80\n', 'expected [ip:]hostPort'],
  ['1.2.3:8080:80', '"1.2.3" is not an IP address'],
  ['300.2.3.4:8080:80', '"300.2.3.4" is not an IP address'],
  ['[:::]:8080:80', '":::" is not an IP address'],
])('-p %j is refused', (text, cause) => {
  expect(() => parsePortMapping(text)).toThrow(cause);
});

test('a published range has as many mappings as ports', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 0, max: 20 }), (first, more) => {
      const mappings = parsePortMapping(`${first}-${first + more}:${first}-${first + more}`);
      expect(mappings.map(({ hostPort }) => hostPort - first)).toEqual([...Array(more + 1).keys()]);
    }),
  );
});

test.each([
  ['/src:/dst', { source: '/src', destination: '/dst', readonly: false }],
  ['/src:/dst:ro', { source: '/src', destination: '/dst', readonly: true }],
  ['/src/../x:/a//b/', { source: '/x', destination: '/a/b', readonly: false }],
])('-v %s', (text, expected) => {
  expect(parseVolume(text)).toEqual(expected);
});

test.each([
  ['/src', 'expected source:destination[:ro|rw]'],
  [':/dst', 'expected source:destination[:ro|rw]'],
  ['src:/dst', 'named volumes are not supported'],
  ['./src:/dst', '"./src" is not an absolute path'],
  ['/src:dst', '"dst" is not an absolute path'],
  ['/src:/', 'may not be "/"'],
  ['/src:/a/..', 'may not be "/"'],
  ['/src:/dst:rx', 'expected source:destination[:ro|rw]'],
  ['/a:/b:ro:z', 'expected source:destination[:ro|rw]'],
])('-v %j is refused', (text, cause) => {
  expect(() => parseVolume(text)).toThrow(cause);
});

test.each([
  ['64m', 64 * 1024 ** 2],
  ['1.5g', 1.5 * 1024 ** 3],
  ['512', 512],
  ['10kb', 10 * 1024],
  ['1B', 1],
])('%s is %i bytes', (text, bytes) => {
  expect(parseSize('limit x to', text)).toBe(bytes);
});

test.each(['', 'm', '-1m', '1x', '0x10', '1e3', '99999999999999999999g'])('size %j is refused', (text) => {
  expect(() => parseSize('limit x to', text)).toThrow(
    `limit x to ${JSON.stringify(text)}: expected a number and b, k, m, g or t`,
  );
});

test('limits as OCI resources', () => {
  expect(parseLimits({ memory: '64m', cpus: '0.5', pidsLimit: '50' })).toEqual({
    memory: { limit: 67108864, swap: 134217728 },
    cpu: { quota: 50_000, period: 100_000 },
    pids: { limit: 50 },
  });
  expect(parseLimits({})).toEqual({});
  expect(parseLimits({ memory: '0', cpus: '0', pidsLimit: '0' })).toEqual({ pids: { limit: -1 } });
  expect(parseLimits({ cpus: '.5' })).toEqual({ cpu: { quota: 50_000, period: 100_000 } });
});

test.each([
  [{ memory: '1m' }, 'expected 6m or more'],
  [{ memory: 'x' }, 'limit memory to "x": expected a number'],
  [{ cpus: '0.001' }, 'expected a number from 0.01'],
  [{ cpus: '1000000' }, 'expected a number from 0.01 to 8192'],
  [{ cpus: 'half' }, 'expected a number from 0.01'],
  [{ pidsLimit: '1.5' }, 'expected a whole number'],
  [{ pidsLimit: '99999999999' }, 'expected a whole number of at most 4194304'],
])('%j is refused', (options, cause) => {
  expect(() => parseLimits(options)).toThrow(cause);
});
