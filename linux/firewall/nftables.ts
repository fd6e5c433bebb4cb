/**
 * The nftables backend: one table `inet tsnet`, and `bridge tsnet` for guards on bridge ports; one `nft -f` per operation
 * and table. Published ports are elements of maps, so that a packet's way is the same beside one port or ten thousand.
 */
import { run } from '../command';
import { withFirewallLock } from './lock';
import type { Firewall, Owner, Role, RuleSet, RuleSetKey } from './model';
import { emptyTable, keyOfRecord, planEnsure, planRemove } from './nftables-plan';
import { isRecordChain, planOwner } from './nftables-set';
import type { TableFamily } from './nftables-skeleton';
import { OwnTable } from './nftables-table';
import { requireOwner } from './nftables-verify';
import { requirePublishable } from './published-ports';
import { requireDistinctPorts, withoutWildcard } from './taken-ports';
import { requireRuleSet } from './validate';

export class NftablesFirewall implements Firewall {
  readonly backend = 'nftables';
  readonly #tables = { inet: new OwnTable('inet'), bridge: new OwnTable('bridge') };

  async ensure(given: RuleSet): Promise<void> {
    const { set, family } = prepared(given);
    requireDistinctPorts(set);
    const plan = planOwner(set);
    await withFirewallLock(async (lock) => {
      await requirePublishable(set);
      await this.#tables[family].change(lock, (table) => planEnsure(family, table, plan));
    });
  }

  async remove(keys: RuleSetKey[]): Promise<void> {
    await withFirewallLock(async (lock) => {
      for (const family of ['inet', 'bridge'] as const) {
        const own = keys.filter(({ role }) => familyOfRole(role) === family);
        if (own.length > 0)
          await this.#tables[family].change(lock, (table) => planRemove(family, table, own));
      }
    });
  }

  async verify(given: RuleSet): Promise<void> {
    const { set, family } = prepared(given);
    requireOwner(family, await this.#tables[family].read(), planOwner(set));
  }

  async listOwners(role: Role, network: string): Promise<Owner[]> {
    const table = await this.#tables[familyOfRole(role)].read();
    return [...table.chains.keys()].filter(isRecordChain).flatMap((record) => {
      const key = keyOfRecord(table, record);
      return key?.role === role && key.owner[0] === network ? [key.owner] : [];
    });
  }

  async status(): Promise<void> {
    await run(['nft', '--check', '-f', '-'], { input: planEnsure('inet', emptyTable, planOwner(nobody)) });
  }
}

/** Stands for any owner where only the skeleton matters. */
const nobody: RuleSet = {
  role: 'policy',
  owner: ['status'],
  rules: [{ hook: 'filter-forward', match: {}, action: { verdict: 'return' } }],
};

function familyOfRole(role: Role): TableFamily {
  return role === 'macspoofchk' ? 'bridge' : 'inet';
}

function prepared(set: RuleSet) {
  requireRuleSet(set);
  const forwards = (set.forwards ?? []).map(withoutWildcard);
  return { set: { ...set, forwards }, family: familyOfRole(set.role) };
}
