/** Runs the same tests against each backend of Rtnl, each test in fresh namespaces of a private host. */
import { IpCommandRtnl } from '../../ip-command/rtnl';
import { NetlinkRtnl } from '../../netlink/rtnl';
import { createNetns, type Netns, removeNetns } from '../../netns/netns';
import { enterPrivateHost } from '../../private-host';
import type { Link, Rtnl } from '../model';

/** What a test gets; valid while the test runs. */
export interface Fixture {
  netns: Netns;
  /** Opened in `netns` by the backend under test. */
  rtnl: Rtnl;
  /** A second namespace, with its own conversation. */
  otherNetns: Netns;
  other: Rtnl;
}

const openers: Record<string, (netns: Netns) => Rtnl> = {
  netlink: (netns) => netns.run(() => NetlinkRtnl.open()),
  'ip-command': (netns) => IpCommandRtnl.open(netns),
};

const paths = ['/run/netns/contract-a', '/run/netns/contract-b'] as const;

function fill(fixture: Fixture, open: (netns: Netns) => Rtnl): void {
  fixture.netns = createNetns(paths[0]);
  fixture.otherNetns = createNetns(paths[1]);
  fixture.rtnl = open(fixture.netns);
  fixture.other = open(fixture.otherNetns);
}

function empty({ netns, otherNetns, rtnl, other }: Fixture): void {
  for (const open of [rtnl, other, netns, otherNetns]) open[Symbol.dispose]();
  for (const path of paths) removeNetns(path);
}

/** @param define declares tests that use the fixture */
export function describeEachBackend(define: (fixture: Fixture) => void): void {
  beforeAll(() => enterPrivateHost());
  describe.each(Object.entries(openers))('%s', (_name, open) => {
    const fixture = {} as Fixture;
    beforeEach(() => fill(fixture, open));
    afterEach(() => empty(fixture));
    define(fixture);
  });
}

/** Opens `netns` by every backend and gives what `look` sees through each. */
export function lookWithEach<Seen>(netns: Netns, look: (rtnl: Rtnl) => Seen): Seen[] {
  return Object.values(openers).map((open) => {
    using rtnl = open(netns);
    return look(rtnl);
  });
}

/** A bridge that is up: the stand-in for a network card on kernels without dummy devices. */
export function upBridge({ rtnl }: Fixture, name = 'br0'): Link {
  return rtnl.createLink({ kind: 'bridge', name, mac: '02:00:00:00:00:01', up: true });
}

/** For `toThrow`: a SyscallError with this code. */
export function failure(code: string): Error {
  return expect.objectContaining({ name: 'SyscallError', code }) as Error;
}
