/**
 * What owners that ended without a removal left for an address or a port of the bridge which is now another's. It stands for
 * the container, so the new owner takes it over. Published ports are not taken over; those are refused before.
 */
import type { Element } from '../nftables/model';
import { type PlannedElement, recordOfElement, sameKey } from './nftables-element';
import { findRecord, isOf } from './nftables-owner';
import type { OwnerPlan } from './nftables-set';
import type { TableView } from './nftables-view';

/** Source addresses whose lookup finds each element that can be there for a container's address. */
function hairpinProbes(address: string): string[][] {
  const others = address.includes(':') ? ['::'] : ['0.0.0.0', '127.0.0.1'];
  return [address, ...others].map((source) => [address, source]);
}

function asPlanned(set: string, { key }: Element): PlannedElement {
  return { set, key };
}

async function lookUp(view: TableView, plan: OwnerPlan, probes: PlannedElement[]): Promise<Element[]> {
  const found = await Promise.all(probes.map(({ set, key }) => view.findElement(set, key)));
  return found.filter((element) => element !== undefined).filter((element) => !isOf(plan.key, element));
}

async function listHairpins(view: TableView, plan: OwnerPlan): Promise<PlannedElement[]> {
  const hairpins = plan.elements.filter(({ set }) => set.startsWith('hairpin'));
  const addresses = new Map(hairpins.map(({ set, key }) => [key[0]!, set]));
  const found = [...addresses].map(async ([address, set]) => {
    const probes = hairpinProbes(address).map((key) => ({ set, key }));
    return (await lookUp(view, plan, probes)).map((element) => asPlanned(set, element));
  });
  return (await Promise.all(found)).flat();
}

/** The former guard of a port goes as a whole: the addresses that it let in are told by its owner's record. */
async function listGuards(view: TableView, plan: OwnerPlan): Promise<PlannedElement[]> {
  const ports = plan.elements.filter(({ set }) => set === 'guarded');
  const guards = await lookUp(view, plan, ports);
  const sources = guards.map(async (guard) => {
    const record = await findRecord(view, recordOfElement(guard) ?? '');
    const all =
      record?.elements ?? (await view.listElements('sources')).map((one) => asPlanned('sources', one));
    return all.filter(({ set, key }) => set === 'sources' && key[0] === guard.key[0]);
  });
  const there = await lookUp(view, plan, (await Promise.all(sources)).flat());
  return [
    ...guards.map((one) => asPlanned('guarded', one)),
    ...there.map((one) => asPlanned('sources', one)),
  ];
}

function distinct(elements: readonly PlannedElement[]): PlannedElement[] {
  return elements.filter((element, at) => elements.findIndex((other) => sameKey(element, other)) === at);
}

export async function listLeftovers(view: TableView, plan: OwnerPlan): Promise<PlannedElement[]> {
  return distinct([...(await listHairpins(view, plan)), ...(await listGuards(view, plan))]);
}

/** As {@link listLeftovers}, by everything that is there. */
export async function searchLeftovers(view: TableView, plan: OwnerPlan): Promise<PlannedElement[]> {
  const shared = plan.elements.filter(({ value }) => value === undefined);
  const sets = [...new Set(shared.map(({ set }) => set))];
  const found = sets.map(async (set) => {
    const starts = new Set(shared.filter((one) => one.set === set).map(({ key }) => key[0]));
    const elements = await view.listElements(set);
    return elements
      .filter((element) => starts.has(element.key[0]) && !isOf(plan.key, element))
      .map((element) => asPlanned(set, element));
  });
  return (await Promise.all(found)).flat();
}
