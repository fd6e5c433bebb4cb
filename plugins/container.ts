/**
 * Joins the network of another container: Docker's `container:<id>`. The namespace is that container's already; the plugin
 * verifies so, tells what is in it, and changes nothing.
 */
import { CniError, ErrorCode } from '../cni/errors';
import { verifyContainerId } from '../cni/identifiers';
import { type Args, definePlugin } from '../cni/plugin';
import { type ContainerConf, containerConf } from '../conf/container';
import { describeAttachments, listSharedAttachments } from './parts/container-attachments';

export default definePlugin({
  type: 'container',
  about: 'shares the network namespace of another container',
  conf: containerConf,
  cniArgs: ['CONTAINER'],
  /** The container may be on the host's network itself. */
  allowsHostNetns: true,

  add({ conf, args, prevResult }) {
    const attachments = listSharedAttachments(getTarget(conf, args), args.netns);
    return prevResult ?? describeAttachments(attachments);
  },

  /** Everything in the namespace belongs to the other container. */
  del() {},

  check({ conf, args }) {
    listSharedAttachments(getTarget(conf, args), args.netns);
  },

  gc() {},
  status() {},
});

/**
 * The container to join: `args.cni.container` beats CNI_ARGS `CONTAINER`, which beats the key `container`.
 * @throws CniError 7 when nothing names it or it is the joining container itself
 */
function getTarget(conf: ContainerConf, args: Args): string {
  const target = conf.args?.cni?.container ?? args.cniArgs.get('CONTAINER') ?? conf.container;
  if (target === undefined)
    throw new CniError(
      ErrorCode.invalidConfig,
      'join container network: no "container", "args.cni.container" or CNI_ARGS CONTAINER says whose',
    );
  verifyContainerId(target);
  if (target === args.containerId)
    throw new CniError(ErrorCode.invalidConfig, `join container "${target}": it cannot join its own network`);
  return target;
}
