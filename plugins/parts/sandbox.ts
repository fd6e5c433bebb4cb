import { CniError, ErrorCode } from '../../cni/errors';
import { hasCode } from '../../linux/errors';
import { Netns } from '../../linux/netns';

/**
 * Opens the namespace of CNI_NETNS.
 * @throws CniError 3 when it does not exist, 8 when the path is something else than a network namespace
 */
export function openSandbox(path: string): Netns {
  try {
    return Netns.open(path);
  } catch (error) {
    const code = hasCode(error, 'ENOENT', 'ENOTDIR') ? ErrorCode.unknownContainer : ErrorCode.invalidNetns;
    throw new CniError(code, (error as Error).message);
  }
}

/** As {@link openSandbox}, but undefined when the namespace is gone or was never given: what DEL wants. */
export function findSandbox(path: string): Netns | undefined {
  if (path === '') return undefined;
  try {
    return Netns.open(path);
  } catch {
    return undefined;
  }
}
