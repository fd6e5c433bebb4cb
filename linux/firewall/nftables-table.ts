/** Our table of one family: changed on condition that nobody else changes the ruleset meanwhile. */
import { hasCode } from '../errors';
import type { FileLock } from '../flock/flock';
import type { Change } from '../nftables/model';
import { countOwners, findDamage } from './nftables-base';
import { type Damage, intact, isDamaged, missingSkeleton } from './nftables-plan-skeleton';
import type { OwnFamily } from './nftables-skeleton';
import { TableView } from './nftables-view';
import type { Ruleset } from './ruleset';
import type { Standing } from './standing-file';

/** Others do not hold our lock, so what we read can be gone when we write; then it is read anew. */
const attempts = 8;
const overtaken = ['ERESTART', 'ENOENT', 'EEXIST', 'EBUSY', 'EXIT'];

/** The table as it is for one attempt. */
export interface Attempt {
  view: TableView;
  /** Undefined when it is not known without looking. */
  standing: Standing | undefined;
  /** What the shorter way told was not so: everything is to be read. */
  thorough: boolean;
}

export interface PlannedChange {
  changes: readonly Change[];
  /** Of the table after the change; left out where it is not known to be sound. */
  standing?: Standing;
}

export async function ownersIn({ view, standing }: Attempt): Promise<number> {
  return standing?.owners ?? countOwners(view);
}

/** What is wrong with the skeleton; without looking where that is known. */
export async function damageOf({ view, standing, thorough }: Attempt): Promise<Damage> {
  if (thorough || !standing) return findDamage(view);
  return standing.made ? intact : missingSkeleton(view.family);
}

export class OwnTable {
  readonly family: OwnFamily;
  readonly #ruleset: Ruleset;

  constructor(ruleset: Ruleset, family: OwnFamily) {
    this.#ruleset = ruleset;
    this.family = family;
  }

  openView(): Promise<TableView> {
    return TableView.open(this.#ruleset, this.family);
  }

  /**
   * What is wrong with the skeleton. Without a lock others may be changing it meanwhile, so what is found is looked at again.
   */
  async findDamage(): Promise<Damage> {
    for (let attempt = 1; ; attempt++) {
      const view = await this.openView();
      const standing = this.#ruleset.findStanding(this.family, view.generation);
      if (standing?.made) return intact;
      const damage = await findDamage(view);
      const { generation } = view;
      const isSettled = generation === (await this.#ruleset.generation());
      if (!isSettled && attempt < attempts && isDamaged(damage)) continue;
      if (isSettled && generation !== undefined && !isDamaged(damage))
        this.#ruleset.rememberStanding(this.family, generation, {
          made: true,
          owners: await countOwners(view),
        });
      return damage;
    }
  }

  /**
   * Applies what `plan` makes of the table as it is.
   * @param lock the firewall lock, which a command inherits: when we are killed it goes on, and nobody may overtake it
   * @throws SyscallError; CommandError; what `plan` throws
   */
  async change(lock: FileLock, plan: (attempt: Attempt) => Promise<PlannedChange>): Promise<void> {
    let former = '';
    for (let attempt = 1, thorough = false; ; attempt++) {
      const view = await this.openView();
      const { generation } = view;
      const standing = this.#ruleset.findStanding(this.family, generation);
      const planned = await plan({ view, standing, thorough });
      if (planned.changes.length === 0) return;
      try {
        return await this.#ruleset.commit(planned.changes, {
          ...planned,
          generation,
          lock,
          family: this.family,
        });
      } catch (error) {
        const isOvertaken = hasCode(error, 'ERESTART');
        const text = JSON.stringify(planned.changes);
        if (attempt === attempts || !hasCode(error, ...overtaken) || (!isOvertaken && text === former))
          throw error;
        former = text;
        thorough ||= !isOvertaken;
      }
    }
  }
}
