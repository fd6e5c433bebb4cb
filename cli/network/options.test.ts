import { UsageError } from '../failure';
import { listAddresses } from './inspect';
import {
  defaultContainerId,
  defaultPluginFolders,
  netnsPath,
  parseArgs,
  parseCapabilityArgs,
} from './options';

test('the default container id is cnitool’s: ten bytes of the SHA-512 of the path', () => {
  expect(defaultContainerId('/var/run/netns/testing')).toBe('cnitool-77383ca0a0715733ca6f');
});

test.each([
  ['web', '/run/netns/web'],
  ['/proc/1/../7/ns/net', '/proc/7/ns/net'],
])('netns %s is %s', (given, path) => {
  expect(netnsPath(given)).toBe(path);
});

test('an empty netns is a mistake', () => {
  expect(() => netnsPath('')).toThrow(UsageError);
});

test('CNI_PATH replaces the usual plugin folders', () => {
  expect(defaultPluginFolders('/a::/b')).toEqual(['/a', '/b']);
  expect(defaultPluginFolders('')).toEqual(expect.arrayContaining(['/opt/cni/bin', '/usr/lib/cni']));
});

test('--args: pairs, several in one, values with "="', () => {
  expect(parseArgs(['A=1;B=', 'C=x=y'])).toEqual([
    ['A', '1'],
    ['B', ''],
    ['C', 'x=y'],
  ]);
  expect(parseArgs(undefined)).toBeUndefined();
});

test.each(['A', '=1', 'A=1;'])('--args %j is a mistake', (text) => {
  expect(() => parseArgs([text])).toThrow(UsageError);
});

test('--capability-args: a JSON object', () => {
  expect(parseCapabilityArgs('{"mac":"x"}')).toEqual({ mac: 'x' });
  expect(parseCapabilityArgs(undefined)).toBeUndefined();
  for (const text of ['{', '[]', 'null', '1']) expect(() => parseCapabilityArgs(text)).toThrow(UsageError);
});

test.each([
  [{ ip4: { ip: '10.0.0.2/24' }, ip6: { ip: 'fd00::2/64' } }, ['10.0.0.2/24', 'fd00::2/64']],
  [{ ips: [{ address: '10.0.0.2/24' }, null, 7] }, ['10.0.0.2/24']],
  [{ ips: 'x' }, []],
])('addresses of %j', (result, addresses) => {
  expect(listAddresses(result)).toEqual(addresses);
});
