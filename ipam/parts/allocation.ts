/** Which addresses one attachment gets: decided completely before anything is written, so a refused request changes nothing. */
import { CniError, ErrorCode } from '../../cni/errors';
import { findFreeAddress, isGateway, type Occupancy } from './free-address';
import { type Ip, ipText } from './ip';
import { type Candidate, findRange, type RangeSet, rangeSetText } from './range-set';

export interface Pool extends Occupancy {
  /** The address that was last allocated from the set with this index. */
  lastReserved(setIndex: number): Ip | undefined;
  /** What the attachment asking now has already. */
  owned: readonly Ip[];
  containerId: string;
}

/**
 * One address from each set. A requested address is used for the first set that contains it and has none yet.
 * @throws CniError when a set has no address left, or a requested one is taken, a gateway, or in no set
 */
export function planAllocation(sets: readonly RangeSet[], requested: readonly Ip[], pool: Pool): Candidate[] {
  const wishes = new Map(requested.map((ip) => [ipText(ip), ip]));
  const plan = sets.map((set, index) => {
    const wish = [...wishes.values()].find((ip) => findRange(set, ip));
    if (wish) wishes.delete(ipText(wish));
    try {
      return wish ? requestedAddress(set, wish, pool) : nextAddress(set, index, pool);
    } catch (error) {
      throw refusal(`failed to allocate for range ${index}: ${(error as Error).message}`);
    }
  });
  if (wishes.size > 0) throw refusal(`failed to allocate all requested IPs: ${[...wishes.keys()].join(' ')}`);
  return plan;
}

const refusal = (message: string) => new CniError(ErrorCode.internal, message);

function requestedAddress(set: RangeSet, ip: Ip, pool: Pool): Candidate {
  if (isGateway(set, ip)) throw new Error(`requested ip ${ipText(ip)} is subnet's gateway`);
  if (pool.isReserved(ipText(ip)))
    throw new Error(`requested IP address ${ipText(ip)} is not available in range set ${rangeSetText(set)}`);
  return { ip, range: findRange(set, ip)! };
}

function nextAddress(set: RangeSet, index: number, pool: Pool): Candidate {
  const duplicate = pool.owned.find((ip) => findRange(set, ip));
  if (duplicate)
    throw new Error(
      `${ipText(duplicate)} has been allocated to ${pool.containerId}, duplicate allocation is not allowed`,
    );
  const free = findFreeAddress(set, pool.lastReserved(index), pool);
  if (!free) throw new Error(`no IP addresses available in range set: ${rangeSetText(set)}`);
  return free;
}
