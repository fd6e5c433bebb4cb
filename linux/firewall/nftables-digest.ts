/**
 * Which digests the kernel gives our rules. It gives statements back otherwise than it takes them, so it is asked: rules are
 * installed in a network namespace that ends with the answer. The answers are the same for as long as the kernel runs, so
 * each rule is asked for once in a process.
 */
import { hasCode } from '../errors';
import { ffiAvailable } from '../libc';
import { openScratchNetns } from '../netns/scratch-netns';
import type { Change, Nftables } from '../nftables/model';
import { openNftables } from '../nftables/open';
import { missingSkeleton, planMending } from './nftables-plan-skeleton';
import type { OwnerPlan, PlannedChain } from './nftables-set';
import { type CommentedRule, fingerprint, type OwnFamily, skeletons } from './nftables-skeleton';
import { currentRuleset } from './ruleset';

/** Digest of a rule as the kernel gives it; undefined where it cannot be told. */
export type Digests = (rule: CommentedRule) => string | undefined;

/** Far more than the rules of all networks of a host; what is known is dropped then, and asked for again. */
const mostKnown = 10_000;
const known = new Map<string, string>();

const nameOf = (family: OwnFamily, rule: CommentedRule) => `${family} ${fingerprint(rule.statements)}`;

function planAll(family: OwnFamily, chains: readonly PlannedChain[]): Change[] {
  const { table } = skeletons[family];
  return [
    ...planMending(family, missingSkeleton(family), new Map()),
    ...chains.map(({ name }) => ({ addChain: name, table })),
    ...chains.flatMap(({ name, rules }) => rules.map((rule) => ({ addRule: rule, chain: name, table }))),
  ];
}

async function learn(nftables: Nftables, family: OwnFamily, chains: readonly PlannedChain[]): Promise<void> {
  await nftables.commit(planAll(family, chains));
  for (const { name, rules } of [...skeletons[family].chains, ...chains]) {
    const found = (await nftables.findRules(skeletons[family].table, name)) ?? [];
    for (const [at, rule] of rules.entries()) known.set(nameOf(family, rule), found[at]!.digest);
  }
}

/** Conditions of a user's may name what only the host's namespace has, such as an interface: those stay unknown. */
async function tryToLearn(family: OwnFamily, chains: readonly PlannedChain[]): Promise<void> {
  if (known.size > mostKnown) known.clear();
  using netns = openScratchNetns();
  using nftables = openNftables({ netns });
  try {
    await learn(nftables, family, chains);
  } catch (error) {
    if (!hasCode(error, 'EXIT', 'EINVAL', 'ENOENT')) throw error;
  }
}

/** Of the skeleton's rules, and of a plan's with the jumps to its chains. None where a namespace cannot be made: that takes FFI. */
export async function learnDigests(family: OwnFamily, plan?: OwnerPlan): Promise<Digests> {
  if (!ffiAvailable()) return () => undefined;
  const chains = plan ? withJumps(plan) : [];
  const rules = [...skeletons[family].chains, ...chains].flatMap((chain) => chain.rules);
  if (rules.some((rule) => !known.has(nameOf(family, rule)))) await tryToLearn(family, chains);
  return (rule) => known.get(nameOf(family, rule));
}

/** The jumps to an owner's chains stand in a chain of their own, since base chains are the same for all. */
function withJumps({ chains, jumps }: OwnerPlan): PlannedChain[] {
  return [...chains, { name: 'jumps', rules: jumps.map(({ rule }) => rule) }];
}

/** What the kernel could do once, it can do for as long as it runs. */
let proven = false;

/**
 * Tries whether our tables can be here: as a whole where a namespace can be made for it and it was not done yet, else
 * whether nftables answers.
 * @throws SyscallError; CommandError
 */
export async function probeSkeleton(): Promise<void> {
  if (proven || !ffiAvailable()) return void (await currentRuleset().nftables.listTables());
  using netns = openScratchNetns();
  using nftables = openNftables({ netns });
  await nftables.commit(planAll('inet', []));
  proven = true;
}
