import { createNetns } from '../netns/netns';
import { enterPrivateHost } from '../private-host';
import { NetlinkNftables } from './netlink/nftables';
import { NftCommandNftables } from './nft-command/nftables';
import { openNftables } from './open';

beforeAll(() => enterPrivateHost());
afterEach(() => {
  delete process.env.TSNET_NO_FFI;
});

test.each([
  { noFfi: '', implementation: NetlinkNftables },
  { noFfi: '1', implementation: NftCommandNftables },
])('TSNET_NO_FFI=$noFfi opens $implementation.name, here or in a namespace', async (example) => {
  const { noFfi, implementation } = example;
  const table = { family: 'inet', name: `of-${implementation.name}` } as const;
  using netns = createNetns(`/run/netns/${implementation.name}`);
  process.env.TSNET_NO_FFI = noFfi;
  using here = openNftables();
  using there = openNftables({ netns });
  expect(here).toBeInstanceOf(implementation);
  expect(there).toBeInstanceOf(implementation);
  await there.commit([{ addTable: table }]);
  expect(await there.listTables()).toEqual([table]);
  expect(await here.listTables()).toEqual([]);
});
