/**
 * What owners that ended without a removal left for an address or a port of the bridge which is now another's. It stands for
 * the container, so the new owner takes it over. Published ports are not taken over; those are refused before.
 */
import { type PlannedElement, without } from './nftables-element';
import { isOf } from './nftables-owner';
import type { OwnerPlan } from './nftables-set';
import { skeletons } from './nftables-skeleton';
import type { TableView } from './nftables-view';

/** Sets of one kind stand for the same things: addresses of one family, or ports of bridges. */
function kindOf(set: string): string {
  return /[46]$/.exec(set)?.[0] ?? 'port';
}

/** Reads every set that is no map. */
export async function searchLeftovers(view: TableView, plan: OwnerPlan): Promise<PlannedElement[]> {
  const shared = plan.elements.filter(({ value }) => value === undefined);
  const starts = new Set(shared.map(({ set, key }) => `${kindOf(set)} ${key[0]}`));
  const sets = skeletons[view.family].sets.filter(({ value }) => value === undefined);
  const found = sets.map(async ({ name: set }) => {
    const elements = await view.listElements(set);
    return elements
      .filter((element) => starts.has(`${kindOf(set)} ${element.key[0]}`) && !isOf(plan.key, element))
      .map(({ key }) => ({ set, key }));
  });
  return without((await Promise.all(found)).flat(), []);
}
