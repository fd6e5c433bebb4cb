import { CniError, ErrorCode } from '../../cni/errors';
import { quote } from '../../cni/identifiers';
import { hasCode } from '../../linux/errors';
import { Netns } from '../../linux/netns/netns';

/**
 * Opens the namespace of CNI_NETNS.
 * @throws CniError 3 when it does not exist, 8 when the path is something else than a network namespace
 */
export function openSandbox(path: string): Netns {
  try {
    return Netns.open(path);
  } catch (error) {
    const isGone = hasCode(error, 'ENOENT', 'ENOTDIR');
    const code = isGone ? ErrorCode.unknownContainer : ErrorCode.invalidNetns;
    throw new CniError(code, `failed to open netns ${quote(path)}: ${describe(error, path)}`);
  }
}

/** In the words of the reference plugins, by which runtimes' logs are searched. */
function describe(error: unknown, path: string): string {
  const { message } = error as Error;
  const cause = message.slice(message.lastIndexOf(': ') + 2);
  return hasCode(error, 'ENOENT', 'ENOTDIR') ? `failed to Statfs ${quote(path)}: ${cause}` : cause;
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
