/** Runs the same tests against each implementation of Nftables, each test in a fresh namespace of a private host. */
import { createNetns, type Netns, removeNetns } from '../../netns/netns';
import { enterPrivateHost } from '../../private-host';
import type { Nftables } from '../model';
import { NetlinkNftables } from '../netlink/nftables';
import { NftCommandNftables } from '../nft-command/nftables';

/** What a test gets; valid while the test runs. */
export interface Fixture {
  netns: Netns;
  /** Opened in `netns` by the implementation under test. */
  nftables: Nftables;
}

export const openers: Record<string, (netns: Netns) => Nftables> = {
  netlink: (netns) => netns.run(() => NetlinkNftables.open()),
  'nft-command': (netns) => NftCommandNftables.open(netns),
};

const path = '/run/netns/contract';

/** @param define declares tests that use the fixture */
export function describeEachImplementation(define: (fixture: Fixture) => void): void {
  beforeAll(() => enterPrivateHost());
  describe.each(Object.entries(openers))('%s', (_name, open) => {
    const fixture = {} as Fixture;
    beforeEach(() => {
      fixture.netns = createNetns(path);
      fixture.nftables = open(fixture.netns);
    });
    afterEach(() => {
      fixture.nftables[Symbol.dispose]();
      fixture.netns.close();
      removeNetns(path);
    });
    define(fixture);
  });
}

/** For `toThrow`: an error with this code. */
export function failure(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}
