/**
 * nf_tables of the namespace that this process works in: one door for all operations, and what is known of what is behind it.
 *
 * The door stays open while the process runs: closing one waits until the kernel has freed what was deleted, 10 ms and more.
 */
import { readlinkSync } from 'node:fs';
import { hasCode } from '../errors';
import { ffiAvailable } from '../libc';
import type { Change, Nftables } from '../nftables/model';
import { openNftables } from '../nftables/open';
import { Knowledge, nextGeneration } from './knowledge';
import { isRecordChain } from './nftables-set';
import { type OwnFamily, skeletons } from './nftables-skeleton';
import { type Standing, StandingFile, type Standings } from './standing-file';

export class Ruleset {
  readonly nftables: Nftables;
  readonly #knowledge = new Knowledge();
  readonly #file = new StandingFile();
  #works = false;

  constructor(nftables: Nftables) {
    this.nftables = nftables;
  }

  /** Asks once whether nf_tables answers. @throws SyscallError; CommandError */
  async probe(): Promise<void> {
    if (!this.#works && (await this.generation()) === undefined) await this.nftables.listTables();
    this.#works = true;
  }

  generation(): Promise<number | undefined> {
    return this.nftables.generation();
  }

  /** Reads what depends on nothing but others' tables; not again while nobody but us has changed any. */
  async learn<T>(name: string, read: () => Promise<T>): Promise<T> {
    const generation = await this.generation();
    const known = this.findFact<T>(generation, name);
    if (known !== undefined) return known;
    const fact = await read();
    this.rememberFact(generation, name, fact);
    return fact;
  }

  findFact<T>(generation: number | undefined, name: string): T | undefined {
    return this.#knowledge.find<T>(generation, name);
  }

  /** @param generation of before it was read: of what was changed meanwhile, nobody will ask for that generation again */
  rememberFact(generation: number | undefined, name: string, fact: unknown): void {
    if (generation !== undefined) this.#knowledge.remember(generation, name, fact);
  }

  findStanding(family: OwnFamily, generation: number | undefined): Standing | undefined {
    if (generation === undefined) return undefined;
    return this.#standings(generation)[family];
  }

  /** @param generation of before and after the table was looked at */
  rememberStanding(family: OwnFamily, generation: number, standing: Standing): void {
    const tables = { ...this.#standings(generation), [family]: standing };
    this.#knowledge.remember(generation, 'standings', tables);
    this.#file.write({ generation, tables });
  }

  /**
   * One change, on condition that nobody has made another since `generation`.
   * @param standing of the table after it, where that is known
   * @throws SyscallError ERESTART when somebody has; CommandError
   */
  async commit(
    changes: readonly Change[],
    given: { generation: number | undefined; lock: { fd: number }; family: OwnFamily; standing?: Standing },
  ): Promise<void> {
    const { generation, lock, family, standing } = given;
    const tables = generation === undefined ? {} : this.#standings(generation);
    await this.nftables.commit(changes, {
      inherit: [lock.fd],
      ...(generation === undefined ? {} : { generation }),
    });
    if (generation === undefined) return;
    this.#knowledge.follow(generation);
    for (const name of factsChangedBy(family, changes)) this.#knowledge.drop(name);
    const { [family]: _former, ...others } = tables;
    this.#settle(nextGeneration(generation), standing ? { ...others, [family]: standing } : others);
  }

  close(): void {
    this.nftables[Symbol.dispose]();
  }

  #standings(generation: number): Standings['tables'] {
    const known = this.#knowledge.find<Standings['tables']>(generation, 'standings');
    if (known) return known;
    const read = this.#file.find(generation) ?? {};
    this.#knowledge.remember(generation, 'standings', read);
    return read;
  }

  #settle(generation: number, tables: Standings['tables']): void {
    this.#knowledge.remember(generation, 'standings', tables);
    this.#file.write({ generation, tables });
  }
}

/** The chain that the change is of. */
function chainOf(change: Change): string | undefined {
  if ('chain' in change) return change.chain;
  if ('addChain' in change) return change.addChain;
  if ('flushChain' in change) return change.flushChain;
  return 'deleteChain' in change ? change.deleteChain : undefined;
}

/** Whether the change is of more than owners' records and elements. */
function isOfRules(change: Change): boolean {
  const chain = chainOf(change);
  return 'deleteTable' in change || (chain !== undefined && !isRecordChain(chain));
}

/** Names of facts that the changes make untrue. */
function factsChangedBy(family: OwnFamily, changes: readonly Change[]): string[] {
  const sets = changes.some((change) => 'deleteTable' in change)
    ? skeletons[family].sets
    : changes.flatMap((change) => ('set' in change ? change.set : []));
  const rules = changes.some(isOfRules) ? [`${family} rule claims`] : [];
  return [...rules, ...sets.map(({ name }) => `${family} elements ${name}`)];
}

let open: { place: string; ruleset: Ruleset } | undefined;

/** That of the calling thread's network namespace. @throws SyscallError; CommandError */
export function currentRuleset(): Ruleset {
  const place = `${readlinkSync('/proc/thread-self/ns/net')} ${ffiAvailable()}`;
  if (open?.place !== place) {
    open?.ruleset.close();
    open = { place, ruleset: new Ruleset(openNftables()) };
  }
  return open.ruleset;
}

const unusable = ['ENOSYS', 'EPROTONOSUPPORT', 'EAFNOSUPPORT', 'EOPNOTSUPP', 'EINVAL', 'EXIT'];

/** What `read` gives; undefined where nf_tables cannot be used. */
export async function whereNftablesWorks<T>(read: (ruleset: Ruleset) => Promise<T>): Promise<T | undefined> {
  const ruleset = currentRuleset();
  try {
    await ruleset.probe();
  } catch (error) {
    if (hasCode(error, ...unusable)) return undefined;
    throw error;
  }
  return read(ruleset);
}
