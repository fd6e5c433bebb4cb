import { IpCommandRtnl } from '../ip-command/rtnl';
import { NetlinkRtnl } from '../netlink/rtnl';
import { createNetns } from '../netns/netns';
import { enterPrivateHost } from '../private-host';
import { openRtnl } from './open';

beforeAll(() => enterPrivateHost());
afterEach(() => {
  delete process.env.TSNET_NO_FFI;
});

test.each([
  { noFfi: '', backend: NetlinkRtnl },
  { noFfi: '1', backend: IpCommandRtnl },
])('TSNET_NO_FFI=$noFfi opens $backend.name, here or in a namespace', ({ noFfi, backend }) => {
  const name = noFfi ? 'commands' : 'netlink';
  using netns = createNetns(`/run/netns/${name}`);
  process.env.TSNET_NO_FFI = noFfi;
  using here = openRtnl();
  using there = openRtnl({ netns });
  expect(here).toBeInstanceOf(backend);
  expect(there).toBeInstanceOf(backend);
  there.createLink({ kind: 'bridge', name });
  expect(there.findLink(name)).toBeDefined();
  expect(here.findLink(name)).toBeUndefined();
});
