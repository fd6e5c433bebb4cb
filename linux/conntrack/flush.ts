/**
 * Stale UDP flows. A flow that was seen before a port was published, or while it led elsewhere, keeps its old way for as
 * long as packets come; TCP and SCTP connections end or are reset by themselves and are left alone.
 */
import { familyOf } from '../address/cidr';
import { hasCode } from '../errors';
import { ffiAvailable } from '../libc';
import type { UdpFlows } from './model';
import { flushByNetlink } from './netlink';
import { flushByProgram } from './program';

/** A kernel that cannot tell its flows is no reason to fail. */
async function flushIfPossible(flows: UdpFlows): Promise<string | undefined> {
  try {
    await flushByNetlink(flows);
    return undefined;
  } catch (error) {
    if (hasCode(error, 'EPROTONOSUPPORT', 'EOPNOTSUPP', 'EINVAL')) return (error as Error).message;
    throw error;
  }
}

/**
 * Deletes the connection tracking entries of published UDP ports, in the network namespace of the calling thread.
 * @returns a warning when that cannot be done here: flows that exist then keep their old way until they expire
 * @throws SyscallError; CommandError when conntrack(8), which does it where FFI cannot load, cannot be started
 */
export async function flushUdpFlows(flows: UdpFlows): Promise<string | undefined> {
  const address = flows.containerAddress;
  if (address !== undefined && familyOf(address) !== flows.family)
    throw new RangeError(`flush UDP flows of "${address}": must be ${flows.family}`);
  return ffiAvailable() ? flushIfPossible(flows) : flushByProgram(flows);
}
