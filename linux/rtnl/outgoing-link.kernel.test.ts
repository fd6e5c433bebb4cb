import { execFileSync } from 'node:child_process';
import { enterPrivateHost } from '../private-host';
import { openRtnl } from './open';
import { findOutgoingLink } from './outgoing-link';

const ip = (command: string) => execFileSync('ip', command.split(' '));

beforeAll(() => {
  enterPrivateHost();
  using rtnl = openRtnl();
  for (const [name, ...addresses] of [
    ['br0', '10.0.0.1/8', 'fd00::1/64'],
    ['br1', '192.0.2.1/24'],
  ] as const) {
    const { index } = rtnl.createLink({ kind: 'bridge', name, up: true });
    for (const address of addresses) rtnl.addAddress({ index, address, noDad: true });
  }
  ip('route add 10.0.0.7/32 dev br1');
  ip('route add blackhole 198.51.100.0/25');
  ip('route add unreachable 198.51.100.128/25');
  ip('route add prohibit 203.0.113.0/24');
  ip('route add 10.0.0.9/32 dev br1 table 77');
  ip('rule add to 10.0.0.9 table 77');
});

describe.each(['', '1'])('TSNET_NO_FFI=%j', (noFfi) => {
  beforeAll(() => {
    process.env.TSNET_NO_FFI = noFfi;
  });
  afterAll(() => {
    delete process.env.TSNET_NO_FFI;
  });

  test.each([
    ['10.0.0.8', 'br0'],
    ['10.0.0.7', 'br1'],
    ['10.0.0.9', 'br1'],
    ['fd00::8', 'br0'],
    ['fd01::8', undefined],
    ['8.8.8.8', undefined],
    ['198.51.100.1', undefined],
    ['198.51.100.200', undefined],
    ['203.0.113.1', undefined],
  ])('packets to %s leave by %s', (address, link) => {
    expect(findOutgoingLink(address)).toBe(link);
  });

  test('what is no address is refused', () => {
    expect(() => findOutgoingLink('10.0.0.0/8')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });
});
