import { createNetns, Netns, removeNetns } from '../netns/netns';
import { enterPrivateHost } from '../private-host';
import { openRtnl } from '../rtnl/open';
import {
  ensureSysctl,
  ensureSysctlsIn,
  findSysctl,
  readSysctl,
  type Setting,
  type SysctlName,
  writeSysctl,
} from './sysctl';

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

describe.each(['', '1'])('ensureSysctlsIn, TSNET_NO_FFI=%j', (noFfi) => {
  beforeEach(() => {
    process.env.TSNET_NO_FFI = noFfi;
  });
  afterEach(() => {
    delete process.env.TSNET_NO_FFI;
    removeNetns('/run/netns/ensure');
  });

  const ofLink = (link: string, key: string): SysctlName => ['net', 'ipv4', 'conf', link, key];

  test('the settings of that namespace are as wanted, and only there', () => {
    using netns = createNetns('/run/netns/ensure');
    using rtnl = openRtnl({ netns });
    for (const name of ['br.9', 'star*']) rtnl.createLink({ kind: 'bridge', name });
    const settings: Setting[] = [
      { name: ofLink('br.9', 'arp_notify'), value: 1 },
      { name: ofLink('star*', 'proxy_arp'), value: '1' },
      { name: ofLink('all', 'rp_filter'), value: 2 },
    ];
    for (const _round of [1, 2]) ensureSysctlsIn(netns, settings);
    using inside = Netns.open(netns.path);
    delete process.env.TSNET_NO_FFI;
    expect(inside.run(() => settings.map(({ name }) => readSysctl(name)))).toEqual(['1', '1', '2']);
    expect(inside.run(() => readSysctl(ofLink('br.9', 'proxy_arp')))).toBe('0');
    expect(findSysctl(ofLink('br.9', 'arp_notify'))).toBeUndefined();
    expect(readSysctl(ofLink('all', 'rp_filter'))).not.toBe('2');
  });

  test.each([
    [ofLink('nosuch0', 'arp_notify'), 1, 'ENOENT'],
    [ofLink('all', 'forwarding'), 'x', 'EINVAL'],
    [ofLink('..', 'forwarding'), 1, 'EINVAL'],
  ] as const)('%j = %j is %s', (name, value, code) => {
    using netns = createNetns('/run/netns/ensure');
    const attempt = () => ensureSysctlsIn(netns, [{ name, value }]);
    expect(attempt).toThrow(expect.objectContaining({ name: 'SyscallError', code }));
  });
});

test('a name that sysctl(8) would cut in two is refused before anything is written', () => {
  using netns = createNetns('/run/netns/cut');
  const before = netns.run(() => readSysctl(forwarding));
  process.env.TSNET_NO_FFI = '1';
  const settings: Setting[] = [
    { name: forwarding, value: 1 - Number(before) },
    { name: ['net', 'ipv4', 'conf', 'a=b', 'arp_notify'], value: 1 },
  ];
  try {
    expect(() => ensureSysctlsIn(netns, settings)).toThrow('"net/ipv4/conf/a=b/arp_notify" has one');
  } finally {
    delete process.env.TSNET_NO_FFI;
  }
  expect(netns.run(() => readSysctl(forwarding))).toBe(before);
});
