/**
 * Who has a port already by elements or rules of our own table. What is looked for is looked up, whatever the number of ports
 * that are published; lists are read only where a claim can meet keys that nobody can name: any address those of one address,
 * a range the ranges within it.
 */
import type { Element } from '../nftables/model';
import type { Protocol, RuleSetKey } from './model';
import { type PlannedElement, recordOfElement } from './nftables-element';
import { findRecord, isOf } from './nftables-owner';
import { recordChain, recordOfOwnerChain } from './nftables-set';
import { skeletons } from './nftables-skeleton';
import type { TableView } from './nftables-view';
import { readableOwner } from './owner-label';
import { portTakenError } from './port-taken-error';
import { type HostPorts, meets } from './taken-ports';

export interface PortRequest {
  owner: RuleSetKey;
  claims: readonly HostPorts[];
  /** Elements whose keys the kernel itself refuses when they are there: not looked for. */
  refused: readonly PlannedElement[];
}

/** From here on one list is cheaper than lookups. */
const mostLookups = 256;
/** Few hosts publish many ranges or ports of one address, so those are listed sooner; and what was listed stays known. */
const mostLookupsInSmall = 8;

function isSmall(set: string): boolean {
  return set.includes('-address') || set.endsWith('-range');
}

function digitOf({ family }: HostPorts): '4' | '6' {
  return family === 'ipv4' ? '4' : '6';
}

/** Keys that the claim can meet in a map, by which they can be looked up; undefined when only a list tells. */
function keysIn(set: string, { protocol, address, first, last }: HostPorts): string[][] | undefined {
  const isBound = set.includes('-address');
  if (isBound && (address === undefined || address.includes('/'))) return undefined;
  if (last > first && (set.endsWith('-range') || last - first >= mostLookups)) return undefined;
  const lead = isBound ? [address!, protocol] : [protocol];
  return Array.from({ length: last - first + 1 }, (_, at) => [...lead, `${first + at}`]);
}

function portsOfElement(set: string, { key }: Element): HostPorts {
  const [ports, protocol, address] = [...key].reverse() as [string, Protocol, string | undefined];
  const [first, last = first] = ports.split('-').map(Number);
  return {
    family: set.startsWith('dnat4') ? 'ipv4' : 'ipv6',
    protocol,
    ...(address === undefined ? {} : { address }),
    first: first!,
    last: last!,
  };
}

class Search {
  readonly #view: TableView;
  readonly #owner: RuleSetKey;
  readonly #refused: Set<string>;
  readonly #lookups = new Map<string, number>();

  constructor(view: TableView, { owner, refused }: PortRequest) {
    this.#view = view;
    this.#owner = owner;
    this.#refused = new Set(refused.map(({ set, key }) => `${set} ${key.join(' ')}`));
  }

  /** The other owner's element that the claim meets. */
  async findElement(claim: HostPorts): Promise<{ set: string; element: Element } | undefined> {
    for (const { name: set, value } of skeletons.inet.sets) {
      if (!value || !set.startsWith(`dnat${digitOf(claim)}`)) continue;
      const elements = await this.#candidates(set, claim);
      const element = elements.find(
        (one) => !isOf(this.#owner, one) && meets(claim, portsOfElement(set, one)),
      );
      if (element) return { set, element };
    }
    return undefined;
  }

  async #candidates(set: string, claim: HostPorts): Promise<Element[]> {
    const keys = keysIn(set, claim)?.filter((key) => !this.#refused.has(`${set} ${key.join(' ')}`));
    const lookups = (this.#lookups.get(set) ?? 0) + (keys?.length ?? 0);
    if (!keys || lookups > (isSmall(set) ? mostLookupsInSmall : mostLookups)) return this.#list(set);
    this.#lookups.set(set, lookups);
    const found = await Promise.all(keys.map((key) => this.#view.findElement(set, key)));
    return found.filter((element) => element !== undefined);
  }

  #list(set: string): Promise<Element[]> {
    const list = () => this.#view.listElements(set);
    return isSmall(set) ? this.#view.learn(`elements ${set}`, list) : list();
  }
}

/** Readable: the owner behind the element, or what its maker wrote on it. */
async function ownerOf(view: TableView, set: string, element: Element): Promise<string> {
  const record = await findRecord(view, recordOfElement(element) ?? '');
  return record ? readableOwner(record.key) : (element.comment ?? `an element of nftables map ${set}`);
}

interface RuleClaim {
  owner: RuleSetKey;
  ports: HostPorts;
}

/** Ports that plain rules of owners lead elsewhere: told by the records of those that have a chain where it is done. */
async function listRuleClaims(view: TableView): Promise<RuleClaim[]> {
  const rules = await Promise.all(['nat-prerouting', 'nat-output'].map((hook) => view.findRules(hook)));
  const names = new Set(rules.flat().flatMap((rule) => recordOfOwnerChain(rule?.jump ?? '') ?? []));
  const records = await Promise.all([...names].map((name) => findRecord(view, name)));
  return records.flatMap((record) =>
    record ? record.claims.map((ports) => ({ owner: record.key, ports })) : [],
  );
}

/** @throws PortTakenError naming who has a port already */
export async function requireNoConflict(view: TableView, request: PortRequest): Promise<void> {
  if (request.claims.length === 0) return;
  const search = new Search(view, request);
  const own = recordChain(request.owner);
  const ruled = await view.learn('rule claims', () => listRuleClaims(view));
  for (const claim of request.claims) {
    const rule = ruled.find(({ owner, ports }) => recordChain(owner) !== own && meets(claim, ports));
    if (rule) throw portTakenError(claim, readableOwner(rule.owner));
    const found = await search.findElement(claim);
    if (found) throw portTakenError(claim, await ownerOf(view, found.set, found.element));
  }
}
