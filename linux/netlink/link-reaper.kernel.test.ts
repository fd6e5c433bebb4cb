/** How deletions share the kernel's wait: told by the kernel's own notifications, which say a link's group. */
import { createNetns, type Netns, removeNetns } from '../netns/netns';
import { enterPrivateHost } from '../private-host';
import { decodeLink } from './link';
import { RTM_DELLINK, RTM_NEWLINK, RTNLGRP_LINK } from './link-message';
import { NetlinkRtnl } from './rtnl';
import { NETLINK_ROUTE, NetlinkSocket } from './socket';

const path = '/run/netns/reaper';
let netns: Netns;
let rtnl: NetlinkRtnl;
let notices: NetlinkSocket;

beforeAll(() => enterPrivateHost());
beforeEach(() => {
  netns = createNetns(path);
  rtnl = netns.run(() => NetlinkRtnl.open());
  notices = netns.run(() => NetlinkSocket.open(NETLINK_ROUTE, RTNLGRP_LINK));
});
afterEach(() => {
  for (const open of [rtnl, notices, netns]) open[Symbol.dispose]();
  removeNetns(path);
});

function create(count: number): number[] {
  return Array.from({ length: count }, (_, at) => {
    const spec = { kind: 'veth', name: `v${at}`, peer: { name: `p${at}` } } as const;
    return rtnl.createLink(spec).index;
  });
}

/** The group of each link that was asked for, when it went. */
function groupsOfDeleted(indexes: readonly number[]): number[] {
  return notices
    .receiveNow()
    .filter(({ type, payload }) => type === RTM_DELLINK && payload.readUInt8(0) === 0)
    .map(decodeLink)
    .filter(({ index }) => indexes.includes(index))
    .map(({ group }) => group);
}

test('one link goes by itself and is put into no group', async () => {
  const [index] = create(1);
  notices.receiveNow();
  await rtnl.deleteLink(index!);
  const told = notices.receiveNow();
  expect(told.filter(({ type }) => type === RTM_NEWLINK)).toEqual([]);
  expect(
    told
      .filter(({ type }) => type === RTM_DELLINK)
      .map(decodeLink)
      .map(({ group }) => group),
  ).toEqual([0, 0]);
});

test('twenty that are asked for together go as one group', async () => {
  const indexes = create(20);
  await Promise.all(indexes.map((index) => rtnl.deleteLink(index)));
  const groups = groupsOfDeleted(indexes);
  expect(groups).toHaveLength(20);
  expect(new Set(groups).size).toBe(1);
  expect(groups[0]).toBeGreaterThanOrEqual(0x80000000);
});

test('what is asked for while others go waits and goes together', async () => {
  const indexes = create(21);
  const first = rtnl.deleteLink(indexes[0]!);
  // The first has set out alone by then
  await new Promise(setImmediate);
  await Promise.all([first, ...indexes.slice(1).map((index) => rtnl.deleteLink(index))]);
  const groups = groupsOfDeleted(indexes);
  expect(groups).toHaveLength(21);
  expect(groups[0]).toBe(0);
  expect(new Set(groups).size).toBe(2);
});

test('one of them that is gone already takes none of the others along', async () => {
  const indexes = create(6);
  await rtnl.deleteLink(indexes[2]!);
  const ends = await Promise.allSettled(indexes.map((index) => rtnl.deleteLink(index)));
  expect(ends.map(({ status }) => status === 'rejected')).toEqual([false, false, true, false, false, false]);
  expect(rtnl.listLinks()).toHaveLength(1);
});

test('who asks for the same link twice gets one answer', async () => {
  const [index] = create(1);
  await Promise.all([rtnl.deleteLink(index!), rtnl.deleteLink(index!), rtnl.deleteLink('v0')]);
  expect(rtnl.listLinks()).toHaveLength(1);
});

test('a link that a crash left in a group of ours is deleted as any other', async () => {
  const [index] = create(1);
  rtnl.setLink(index!, { group: 0x80001234 });
  await rtnl.deleteLink('v0');
  expect(rtnl.listLinks()).toHaveLength(1);
});

test('the event loop goes on meanwhile', async () => {
  const indexes = create(3);
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  for (const index of indexes) await rtnl.deleteLink(index);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});
