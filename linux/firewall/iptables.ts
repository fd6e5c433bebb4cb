/**
 * The iptables backend: per operation one iptables-save and one iptables-restore for each address family concerned, both
 * families at once. Works with the legacy and the nf_tables variant alike.
 *
 * The built-in chains that iptables itself sets up with a table (empty, policy ACCEPT) stay when the last owner goes: they
 * belong to nobody, and the legacy variant cannot remove them.
 */
import { constants } from 'node:os';
import { sha256Hex } from '../../values/sha256';
import { SyscallError } from '../errors';
import type { FileLock } from '../flock/flock';
import { listOtherTables } from './host-tables';
import { IptablesFamily, listKeys } from './iptables-family';
import type { Variant } from './iptables-program';
import type { Tables } from './iptables-save';
import { type OwnerRules, planOwnerRules } from './iptables-set';
import { isInNftables } from './iptables-variant';
import { withFirewallLock } from './lock';
import type { Firewall, Owner, Role, RuleSet, RuleSetKey } from './model';
import { requireNoConflict } from './nftables-conflicts';
import { TableView } from './nftables-view';
import { ownerLabel } from './owner-label';
import { type ReadTables, requireForeignPortsFree } from './published-ports';
import { type Ruleset, whereNftablesWorks } from './ruleset';
import { listClaims, requireDistinctPorts, withoutWildcard } from './taken-ports';
import { familiesOf, requireRuleSet } from './validate';

export interface IptablesOptions {
  variant?: Variant;
  /** Who keeps the rules of the bridge family, which iptables has none of. */
  bridge: Firewall;
}

/** A family as it was read: where reading found nothing to work with, it is left out. */
interface Part {
  of: IptablesFamily;
  tables: Tables;
  rules: OwnerRules;
}

export class IptablesFirewall implements Firewall {
  readonly backend = 'iptables';
  readonly #families: IptablesFamily[];
  readonly #variant: Variant;
  readonly #bridge: Firewall;

  constructor({ variant = 'default', bridge }: IptablesOptions) {
    this.#families = [new IptablesFamily('ipv4', variant), new IptablesFamily('ipv6', variant)];
    this.#variant = variant;
    this.#bridge = bridge;
  }

  async ensure(given: RuleSet): Promise<void> {
    if (given.role === 'macspoofchk') return this.#bridge.ensure(given);
    const set = prepared(given);
    requireDistinctPorts(set);
    await withFirewallLock(async (lock) => {
      const parts = await this.#readFor(set, lock);
      await requirePublishable(set, { variant: this.#variant, families: parts.map(familyOfPart) });
      await applyAll(parts, set);
    });
  }

  async remove(keys: RuleSetKey[]): Promise<void> {
    const bridged = keys.filter(({ role }) => role === 'macspoofchk');
    const own = keys.filter(({ role }) => role !== 'macspoofchk');
    if (bridged.length > 0) await this.#bridge.remove(bridged);
    if (own.length === 0) return;
    await withFirewallLock(async (lock) => {
      const parts = await this.#readOurs(lock);
      const done = await Promise.allSettled(parts.map((part) => part.of.apply(part.tables, own, new Map())));
      throwFirst(done);
    });
  }

  async verify(given: RuleSet): Promise<void> {
    if (given.role === 'macspoofchk') return this.#bridge.verify(given);
    const set = prepared(given);
    if (!(await this.#inNftables((ruleset) => this.#verifyOnce(ruleset, set)))) await this.#verifyNow(set);
  }

  /** What was found right stays so until somebody changes nf_tables. */
  #verifyOnce(ruleset: Ruleset, set: Prepared): Promise<boolean> {
    const digest = sha256Hex(JSON.stringify(set));
    return ruleset.learn(`verified ${this.#variant} ${digest}`, async () => {
      await this.#verifyNow(set);
      return true;
    });
  }

  async #verifyNow(set: Prepared): Promise<void> {
    const parts = await this.#readFor(set);
    for (const { of, tables, rules } of parts)
      await of.verify(tables, { key: set, family: of.family, rules });
  }

  /** What `read` gives where the rules are in nf_tables, which tells when it was changed; else undefined. */
  async #inNftables<T>(read: (ruleset: Ruleset) => Promise<T>): Promise<T | undefined> {
    return isInNftables(this.#variant) ? whereNftablesWorks(read) : undefined;
  }

  async listOwners(role: Role, network: string): Promise<Owner[]> {
    if (role === 'macspoofchk') return this.#bridge.listOwners(role, network);
    const keys = (await this.#read()).flatMap((part) => listKeys(part.tables));
    const found = keys.filter((key) => key.role === role && key.owner[0] === network);
    return [...new Map(found.map((key) => [ownerLabel(key), key.owner])).values()];
  }

  async status(): Promise<void> {
    await this.#families[0]!.probe();
  }

  /** @param lock for parts that are going to be changed */
  async #read(lock?: FileLock, isWanted = (_of: IptablesFamily) => true): Promise<Part[]> {
    const wanted = this.#families.filter(isWanted);
    const families = lock ? wanted.map((of) => of.under(lock)) : wanted;
    const found = await Promise.all(families.map(async (of) => ({ of, tables: await of.find() })));
    return found.flatMap(({ of, tables }) => (tables ? [{ of, tables, rules: new Map() }] : []));
  }

  /** Families in which chains of ours are; all where that cannot be told without reading them. */
  async #readOurs(lock: FileLock): Promise<Part[]> {
    const tables = await this.#inNftables(listOtherTables);
    const ours = tables?.iptables.filter((one) => one.ours).map(({ table }) => table.family);
    return this.#read(lock, ({ family }) => ours?.includes(family === 'ipv4' ? 'ip' : 'ip6') ?? true);
  }

  /** @throws SyscallError EAFNOSUPPORT when the set needs a family that this host cannot filter */
  async #readFor(set: RuleSet, lock?: FileLock): Promise<Part[]> {
    const parts = await this.#read(lock);
    for (const family of neededFamilies(set))
      if (!parts.some((part) => part.of.family === family))
        throw new SyscallError(
          `filter ${family} for "${ownerLabel(set)}"`,
          constants.errno.EAFNOSUPPORT,
          'the host has no iptables for this address family',
        );
    return parts.map((part) => ({ ...part, rules: planOwnerRules(set, part.of.family) }));
  }
}

type Prepared = RuleSet & Required<Pick<RuleSet, 'forwards'>>;

function prepared(set: RuleSet): Prepared {
  requireRuleSet(set);
  return { ...set, forwards: (set.forwards ?? []).map(withoutWildcard) };
}

function familyOfPart({ of, tables }: Part): ReadTables['families'][number] {
  return { family: of.family, tables };
}

/** By anybody: by iptables, which is read already, by nftables, and by our own maps. */
async function requirePublishable(set: RuleSet, read: ReadTables): Promise<void> {
  await requireForeignPortsFree(set, read);
  const request = { owner: set, claims: listClaims(set), refused: [] };
  await whereNftablesWorks(async (ruleset) => {
    await requireNoConflict(await TableView.open(ruleset, 'inet'), request);
  });
}

/** Rules for both families are for those that the host has; rules of one family are needed. */
function neededFamilies(set: RuleSet): Set<string> {
  const ofRules = set.rules.map(familiesOf).filter((families) => families.length === 1);
  return new Set(['ipv4', ...ofRules.flat(), ...(set.forwards ?? []).map(({ family }) => family)]);
}

function throwFirst(results: PromiseSettledResult<void>[]): void {
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Both families or none. */
async function applyAll(parts: Part[], key: RuleSetKey): Promise<void> {
  const done = await Promise.allSettled(parts.map(({ of, tables, rules }) => of.apply(tables, [key], rules)));
  if (done.some(({ status }) => status === 'rejected'))
    await Promise.all(
      parts.flatMap(({ of, tables }, index) =>
        done[index]!.status === 'fulfilled' ? [of.undo(tables, key)] : [],
      ),
    );
  throwFirst(done);
}
