/** What the iptables backend does for one address family. Callers hold the firewall lock around reading and applying. */
import { hasCode } from '../errors';
import type { FileLock } from '../flock/flock';
import { FirewallDriftError } from './drift-error';
import { ownerChain, type Place, places, tableOf } from './iptables-layout';
import { planChange } from './iptables-plan';
import { IptablesProgram, type Variant } from './iptables-program';
import { optionOf, rulesOf, type Tables } from './iptables-save';
import type { OwnerRules } from './iptables-set';
import { type Expectation, planRuleCheck, requireChains } from './iptables-verify';
import type { Family, RuleSetKey } from './model';
import { keyOfComments } from './owner-label';

/** Others do not hold our lock, so what we read can be gone when we write; then it is read anew. */
const attempts = 4;

export class IptablesFamily {
  readonly family: Family;
  readonly #variant: Variant;
  readonly #program: IptablesProgram;
  readonly #lock: FileLock | undefined;

  constructor(family: Family, variant: Variant, lock?: FileLock) {
    this.family = family;
    this.#variant = variant;
    this.#program = new IptablesProgram(family, variant);
    this.#lock = lock;
  }

  /** The same family for as long as the lock is held: what changes it inherits the lock. */
  under(lock: FileLock): IptablesFamily {
    return new IptablesFamily(this.family, this.#variant, lock);
  }

  /** Undefined where this family cannot be filtered. */
  find(): Promise<Tables | undefined> {
    return this.#program.find();
  }

  /** @throws CommandError when the program or the kernel's part is missing */
  async probe(): Promise<void> {
    await this.#program.read();
    await this.#program.restore('*nat\nCOMMIT\n*filter\nCOMMIT\n*raw\nCOMMIT\n');
  }

  /** Replaces (or removes, without rules) what the keys have. */
  async apply(tables: Tables, keys: readonly RuleSetKey[], rules: OwnerRules): Promise<void> {
    const change = { family: this.family, keys, rules };
    let script = planChange(tables, change);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#program.restore(script, this.#lock);
      } catch (error) {
        const next = planChange(await this.#program.read(), change);
        if (attempt === attempts || next === script || !hasCode(error, 'EXIT')) throw error;
        script = next;
      }
    }
  }

  /** Gives the owner back what `former` shows, after another family's part failed. */
  async undo(former: Tables, key: RuleSetKey): Promise<void> {
    await this.apply(await this.#program.read(), [key], rulesOfOwner(former, key));
  }

  /** @throws FirewallDriftError */
  async verify(tables: Tables, expectation: Expectation): Promise<void> {
    requireChains(tables, expectation);
    try {
      await this.#program.restore(planRuleCheck(expectation));
    } catch (error) {
      if (!hasCode(error, 'EXIT')) throw error;
      throw new FirewallDriftError(expectation.key, `a rule was changed (${(error as Error).message})`);
    }
  }
}

function rulesOfOwner(tables: Tables, key: RuleSetKey): OwnerRules {
  const at = (place: Place) => rulesOf(tables, tableOf(place), ownerChain(place, key));
  return new Map(places.filter((place) => at(place).length > 0).map((place) => [place, [...at(place)]]));
}

/** Keys of all owners that have a chain. */
export function listKeys(tables: Tables): RuleSetKey[] {
  return [...tables.values()]
    .flatMap((chains) => [...chains])
    .filter(([chain]) => chain.startsWith('TSNET-'))
    .flatMap(([, rules]) => {
      const key = keyOfComments(rules.map((rule) => optionOf(rule, '--comment') ?? ''));
      return key ? [key] : [];
    });
}
