/** Brings up the loopback interface of a namespace, as every runtime asks before the first network. */
import { CniError, ErrorCode } from '../cni/errors';
import { definePlugin } from '../cni/plugin';
import type { Result } from '../cni/result';
import { loopbackConf } from '../conf/loopback';
import { openRtnl } from '../linux/rtnl/open';
import * as loopbackDevice from './parts/loopback-device';
import { findSandbox, openSandbox } from './parts/sandbox';

export default definePlugin({
  type: 'loopback',
  about: 'brings up the loopback interface of a network namespace',
  conf: loopbackConf,
  checksWithoutPrevResult: true,

  add({ args, prevResult, rollback }) {
    using netns = openSandbox(args.netns);
    using container = openRtnl({ netns });
    if (loopbackDevice.ensureUp(container)) rollback.defer(() => takeDown(args.netns));
    const result = loopbackDevice.describe(container, args.netns);
    verifyAddresses(result);
    return prevResult ?? result;
  },

  del({ args }) {
    takeDown(args.netns);
  },

  check({ args, prevResult }) {
    using netns = openSandbox(args.netns);
    using container = openRtnl({ netns });
    loopbackDevice.verifyUp(container);
    verifyPresent(prevResult, loopbackDevice.describe(container, args.netns));
  },

  /** Nothing is kept outside the namespace. */
  gc() {},
  status() {},
});

function takeDown(path: string): void {
  using netns = findSandbox(path);
  if (netns === undefined) return;
  using container = openRtnl({ netns });
  loopbackDevice.takeDown(container);
}

/** An address on `lo` that is not a loopback address would be taken down with it. @throws CniError 999 */
function verifyAddresses({ ips = [] }: Result): void {
  const foreign = ips.map(({ address }) => address.split('/')[0]!).find((address) => !isLoopback(address));
  if (foreign !== undefined)
    throw new CniError(
      ErrorCode.internal,
      `loopback interface found with non-loopback address ${JSON.stringify(foreign)}`,
    );
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Every address of `lo` that the previous result lists is still there. @throws CniError 999 */
function verifyPresent(previous: Result, { ips: present = [] }: Result): void {
  const lo = previous.interfaces?.findIndex(({ name, sandbox }) => name === 'lo' && sandbox);
  const listed = previous.ips?.filter((ip) => ip.interface !== undefined && ip.interface === lo) ?? [];
  for (const { address } of listed)
    if (!present.some((ip) => ip.address === address))
      throw new CniError(ErrorCode.internal, `check loopback: address "${address}" is missing`);
}
