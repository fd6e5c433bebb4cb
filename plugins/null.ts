/**
 * A namespace with `lo` and nothing else: Docker's `none`. CNI_IFNAME is not created; the person completes the namespace
 * by hand (`tsnet bridge add`).
 */
import { definePlugin } from '../cni/plugin';
import { nullConf } from '../conf/null';
import { openRtnl } from '../linux/rtnl/open';
import * as loopbackDevice from './parts/loopback-device';
import { findSandbox, openSandbox } from './parts/sandbox';

export default definePlugin({
  type: 'null',
  about: 'own network namespace with the loopback interface only',
  conf: nullConf,

  add({ args, prevResult, rollback }) {
    using netns = openSandbox(args.netns);
    using container = openRtnl({ netns });
    if (loopbackDevice.ensureUp(container)) rollback.defer(() => takeDown(args.netns));
    return prevResult ?? loopbackDevice.describe(container, args.netns);
  },

  del({ args }) {
    takeDown(args.netns);
  },

  check({ args }) {
    using netns = openSandbox(args.netns);
    using container = openRtnl({ netns });
    loopbackDevice.verifyUp(container);
  },

  /** Nothing is kept outside the namespace. */
  gc() {},
  status() {},
});

/** Leaves the namespace as new, unless somebody has put more into it: then its `lo` is in use. */
function takeDown(path: string): void {
  using netns = findSandbox(path);
  if (netns === undefined) return;
  using container = openRtnl({ netns });
  if (container.listLinks().length === 1) loopbackDevice.takeDown(container);
}
