/**
 * How nft lists what a plan installs. It prints rules otherwise than it reads them, and each version otherwise, so it is
 * asked: the plan is installed in a network namespace that ends with the answer.
 */
import { runSync } from '../command';
import { hasCode } from '../errors';
import { ffiAvailable } from '../libc';
import { runInScratchNetns } from '../netns/scratch-netns';
import type { NftTable } from './nftables-json';
import { parseTable } from './nftables-json';
import { emptyTable, planEnsure } from './nftables-plan';
import type { OwnerPlan } from './nftables-set';
import type { TableFamily } from './nftables-skeleton';

/**
 * Undefined where it cannot be told: conditions of a user's may name what only this namespace has, such as an interface; and
 * entering a namespace and coming back takes FFI.
 * @throws CommandError ENOENT
 */
export function findExpectedTable(family: TableFamily, plan: OwnerPlan): NftTable | undefined {
  const input = planEnsure(family, emptyTable, plan);
  if (input === '' || !ffiAvailable()) return undefined;
  try {
    return runInScratchNetns(() => {
      runSync(['nft', '-f', '-'], { input });
      return parseTable(runSync(['nft', '-j', 'list', 'table', family, 'tsnet']));
    });
  } catch (error) {
    if (hasCode(error, 'EXIT')) return undefined;
    throw error;
  }
}
