import { createNetns } from './netns';
import { enterPrivateHost } from './private-host';
import { openRtnl } from './rtnl-open';
import { ensureSysctl, findSysctl, readSysctl, type SysctlName, writeSysctl } from './sysctl';

beforeAll(() => enterPrivateHost());

const forwarding: SysctlName = ['net', 'ipv4', 'ip_forward'];

test('a value written is the value read', () => {
  writeSysctl(forwarding, 1);
  expect(readSysctl(forwarding)).toBe('1');
  writeSysctl(forwarding, 0);
  expect(readSysctl(forwarding)).toBe('0');
});

test('inside Netns.run it is the settings of that namespace, and only there', () => {
  using netns = createNetns('/run/netns/sysctl');
  writeSysctl(forwarding, 0);
  netns.run(() => writeSysctl(forwarding, 1));
  expect(readSysctl(forwarding)).toBe('0');
  expect(netns.run(() => readSysctl(forwarding))).toBe('1');
});

test('a setting read outside first is still the right one inside', () => {
  using netns = createNetns('/run/netns/sysctl-cached');
  for (let round = 0; round < 20; round += 1) {
    writeSysctl(forwarding, round % 2);
    netns.run(() => writeSysctl(forwarding, (round + 1) % 2));
    expect(readSysctl(forwarding)).toBe(String(round % 2));
    expect(netns.run(() => readSysctl(forwarding))).toBe(String((round + 1) % 2));
  }
});

test('settings of an interface whose name has a dot', () => {
  using rtnl = openRtnl();
  rtnl.createLink({ kind: 'bridge', name: 'br.7' });
  writeSysctl(['net', 'ipv4', 'conf', 'br.7', 'proxy_arp'], 1);
  expect(readSysctl(['net', 'ipv4', 'conf', 'br.7', 'proxy_arp'])).toBe('1');
  expect(readSysctl(['net', 'ipv4', 'conf', 'all', 'proxy_arp'])).toBe('0');
});

test('ensure writes only a difference', () => {
  writeSysctl(forwarding, 0);
  expect(ensureSysctl(forwarding, 1)).toBe(true);
  expect(ensureSysctl(forwarding, 1)).toBe(false);
  expect(readSysctl(forwarding)).toBe('1');
});

test('an absent setting is ENOENT, or undefined when only looked for', () => {
  const absent: SysctlName = ['net', 'ipv4', 'conf', 'nosuch0', 'forwarding'];
  expect(() => readSysctl(absent)).toThrow('read sysctl "net/ipv4/conf/nosuch0/forwarding": no such file');
  expect(() => writeSysctl(absent, 1)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  expect(findSysctl(absent)).toBeUndefined();
});

test('a value that the kernel refuses is EINVAL', () => {
  expect(() => writeSysctl(['net', 'ipv4', 'conf', 'all', 'forwarding'], 'x')).toThrow(
    expect.objectContaining({ code: 'EINVAL' }),
  );
});

test.each([['..'], ['.'], [''], ['a/b'], ['a\0b']])('the name part %j is refused', (part) => {
  const attempt = () => writeSysctl(['net', part, 'ip_forward'], 1);
  expect(attempt).toThrow(expect.objectContaining({ name: 'SyscallError', code: 'EINVAL' }));
  expect(attempt).toThrow("is not a part of a setting's name");
});
