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

/** Few hosts publish many ranges or ports of one address; what was listed of those stays known. */
function isSmall(set: string): boolean {
  return set.includes('-address') || set.endsWith('-range');
}

/** Whether the map is of published ports of the claim's family. */
function isFor(set: string, { family }: HostPorts): boolean {
  return set.startsWith(family === 'ipv4' ? 'dnat4' : 'dnat6');
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
  readonly #claims: readonly HostPorts[];
  readonly #refused: Set<string>;
  readonly #candidates = new Map<string, Promise<readonly Element[]>>();

  constructor(view: TableView, { owner, claims, refused }: PortRequest) {
    this.#view = view;
    this.#owner = owner;
    this.#claims = claims;
    this.#refused = new Set(refused.map(({ set, key }) => `${set} ${key.join(' ')}`));
  }

  /** The other owner's element that the claim meets. */
  async findElement(claim: HostPorts): Promise<{ set: string; element: Element } | undefined> {
    for (const { name: set, value } of skeletons.inet.sets) {
      if (!value || !isFor(set, claim)) continue;
      const candidates = this.#candidates.get(set) ?? this.#listOthers(set);
      this.#candidates.set(set, candidates);
      const element = (await candidates).find((one) => meets(claim, portsOfElement(set, one)));
      if (element) return { set, element };
    }
    return undefined;
  }

  /** Elements of others that some claim may meet. */
  async #listOthers(set: string): Promise<Element[]> {
    const keys = this.#claims.flatMap((claim) => (isFor(set, claim) ? [keysIn(set, claim)] : []));
    const elements = keys.includes(undefined)
      ? await this.#list(set)
      : await this.#lookUp(
          set,
          keys.flatMap((some) => some ?? []),
        );
    return elements.filter((element) => !isOf(this.#owner, element));
  }

  async #lookUp(set: string, all: readonly string[][]): Promise<Element[]> {
    const keys = all.filter((key) => !this.#refused.has(`${set} ${key.join(' ')}`));
    if (keys.length > mostLookups) return this.#list(set);
    const found = keys.length > 0 ? await this.#view.findElements(set, keys) : [];
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
