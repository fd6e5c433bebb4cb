/**
 * The nftables backend: one table `inet tsnet`, and `bridge tsnet` for guards on bridge ports. Published ports are elements
 * of maps, so that a packet's way, and an operation's, are the same beside one port or ten thousand.
 */
import type { FileLock } from '../flock/flock';
import { FirewallDriftError } from './drift-error';
import { withFirewallLock } from './lock';
import type { Firewall, Owner, Role, RuleSet, RuleSetKey } from './model';
import { listOtherJumps } from './nftables-base';
import { requireNoConflict } from './nftables-conflicts';
import { probeSkeleton } from './nftables-digest';
import { searchLeftovers } from './nftables-leftovers';
import { type FoundOwner, findRecord, readOwner, searchOwner } from './nftables-owner';
import { planEnsure, planRemove } from './nftables-plan';
import { familyOfRole, isRecordChain, type OwnerPlan, planOwner, recordChain } from './nftables-set';
import { hooksOf, type OwnFamily, skeletons } from './nftables-skeleton';
import { type Attempt, damageOf, OwnTable, ownersIn, type PlannedChange } from './nftables-table';
import { describeDamage, requireOwner } from './nftables-verify';
import type { TableView } from './nftables-view';
import { requireForeignPortsFree } from './published-ports';
import { currentRuleset } from './ruleset';
import { listClaims, requireDistinctPorts, withoutWildcard } from './taken-ports';
import { requireRuleSet } from './validate';

function tableOf(family: OwnFamily): OwnTable {
  return new OwnTable(currentRuleset(), family);
}

export class NftablesFirewall implements Firewall {
  readonly backend = 'nftables';

  async ensure(given: RuleSet): Promise<void> {
    const set = prepared(given);
    requireDistinctPorts(set);
    const plan = planOwner(set);
    if (plan.chains.length === 0) return this.remove([set]);
    await withFirewallLock((lock) =>
      tableOf(plan.family).change(lock, async (attempt) => {
        await requireForeignPortsFree(set);
        if (attempt.standing?.made !== false)
          await requireNoConflict(attempt.view, {
            owner: set,
            claims: listClaims(set),
            refused: attempt.thorough ? [] : plan.elements,
          });
        return planEnsuring(attempt, plan);
      }),
    );
  }

  async remove(keys: RuleSetKey[]): Promise<void> {
    if (keys.length === 0) return;
    await withFirewallLock(async (lock) => {
      for (const family of ['inet', 'bridge'] as const) await removeFrom(family, keys, lock);
    });
  }

  async verify(given: RuleSet): Promise<void> {
    const plan = planOwner(prepared(given));
    const table = tableOf(plan.family);
    const damage = plan.chains.length > 0 ? await table.findDamage() : undefined;
    const difference = damage && describeDamage(plan.family, damage);
    if (difference) throw new FirewallDriftError(plan.key, difference);
    await requireOwner(await table.openView(), plan);
  }

  async listOwners(role: Role, network: string): Promise<Owner[]> {
    const view = await tableOf(familyOfRole(role)).openView();
    const names = (await view.listChains()).map(({ name }) => name).filter(isRecordChain);
    const records = await Promise.all(names.map((name) => findRecord(view, name)));
    return records.flatMap((record) =>
      record?.key.role === role && record.key.owner[0] === network ? [record.key.owner] : [],
    );
  }

  status(): Promise<void> {
    return probeSkeleton();
  }
}

function prepared(set: RuleSet) {
  requireRuleSet(set);
  return { ...set, forwards: (set.forwards ?? []).map(withoutWildcard) };
}

/** Whom to believe: a record, where nobody but us has changed anything; else everything that is there. */
function readOwnerIn({ view, standing, thorough }: Attempt, key: RuleSetKey): Promise<FoundOwner> {
  if (thorough) return searchOwner(view, key);
  return readOwner(view, key, standing ? [] : hooksOf(view.family));
}

/** What others left is in the way only where the kernel refused the first attempt. */
async function planEnsuring(attempt: Attempt, plan: OwnerPlan): Promise<PlannedChange> {
  const { view, thorough } = attempt;
  const damage = await damageOf(attempt);
  const owner = await readOwnerIn(attempt, plan.key);
  const leftovers = thorough ? await searchLeftovers(view, plan) : [];
  const bases = damage.chains.map(({ wanted }) => wanted.name);
  const otherJumps = bases.length > 0 ? await listOtherJumps(view, bases, owner.chains) : new Map();
  const isNew = !owner.chains.includes(recordChain(plan.key));
  const owners = (await ownersIn(attempt)) + (isNew ? 1 : 0);
  return {
    changes: planEnsure(plan, { damage, otherJumps, owner, leftovers }),
    ...(damage.otherSets.length === 0 ? { standing: { made: true, owners } } : {}),
  };
}

async function removeFrom(family: OwnFamily, keys: readonly RuleSetKey[], lock: FileLock): Promise<void> {
  const own = new Map(
    keys.filter(({ role }) => familyOfRole(role) === family).map((key) => [recordChain(key), key]),
  );
  if (own.size > 0) await tableOf(family).change(lock, (attempt) => planRemoving(attempt, [...own.values()]));
}

async function countRecords(view: TableView, keys: readonly RuleSetKey[]): Promise<number> {
  const records = await Promise.all(keys.map((key) => view.findRules(recordChain(key))));
  return records.filter((rules) => rules !== undefined).length;
}

/** With the last owner the table goes: what the owner has in it need not be read. */
async function planRemoving(attempt: Attempt, keys: readonly RuleSetKey[]): Promise<PlannedChange> {
  const { view, standing } = attempt;
  if (standing?.made === false) return { changes: [] };
  const left = (await ownersIn(attempt)) - (await countRecords(view, keys));
  if (left === 0 && (standing || (await view.listChains()).length > 0))
    return { changes: [{ deleteTable: skeletons[view.family].table }], standing: { made: false, owners: 0 } };
  const owners = await Promise.all(keys.map((key) => readOwnerIn(attempt, key)));
  return {
    changes: planRemove(view.family, owners),
    ...(standing ? { standing: { made: true, owners: left } } : {}),
  };
}
