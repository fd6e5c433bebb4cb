/** The host's own network: Docker's `host`. The plugin changes nothing; it verifies, and tells what there is. */
import { CniError, ErrorCode } from '../cni/errors';
import { definePlugin } from '../cni/plugin';
import { hostConf } from '../conf/host';
import { Netns } from '../linux/netns/netns';
import { openRtnl } from '../linux/rtnl/open';
import { describeInterfaces } from './parts/host-interfaces';
import { openSandbox } from './parts/sandbox';

export default definePlugin({
  type: 'host',
  about: "the host's own network namespace",
  conf: hostConf,
  allowsHostNetns: true,

  add({ args, prevResult }) {
    requireOwnNetns(args.netns);
    using host = openRtnl();
    return prevResult ?? describeInterfaces(host, args.netns);
  },

  /** Nothing was made. */
  del() {},

  check({ args, prevResult }) {
    requireOwnNetns(args.netns);
    using host = openRtnl();
    for (const { name, sandbox } of prevResult.interfaces ?? []) if (sandbox) host.getLink(name);
  },

  gc() {},
  status() {},
});

/** @throws CniError 3 when there is no such namespace, 8 when it is not the one that this process is in */
function requireOwnNetns(path: string): void {
  using sandbox = openSandbox(path);
  using own = Netns.current();
  if (!sandbox.equals(own))
    throw new CniError(
      ErrorCode.invalidNetns,
      `join host network: netns "${path}": expected the host's own network namespace`,
    );
}
