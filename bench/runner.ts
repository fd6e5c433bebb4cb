/** Runs cases one after the other; a case that fails keeps what it measured and does not stop the others. */
import { addSample, compare } from './comparison';
import type { Laboratory } from './laboratory';
import type { Bench, Case, CaseOutcome } from './model';

export interface RunnerOptions {
  laboratory: Laboratory;
  /** Rounds of every comparison; the cases' own when absent. */
  runs?: number;
  say(progress: string): void;
}

/** Fewer rounds than this are a quick look: long cases do less. */
const fewRuns = 5;

async function runCase(definition: Case, { laboratory, runs, say }: RunnerOptions): Promise<CaseOutcome> {
  const outcome: CaseOutcome = { name: definition.name, samples: {} };
  const bench: Bench = {
    laboratory,
    compare: (comparison) => compare({ ...comparison, ...(runs && { runs }) }, outcome.samples),
    record: (subject, values) => addSample(outcome.samples, subject, values),
    say: (progress) => say(`  ${progress}`),
    scale: runs !== undefined && runs < fewRuns ? 0.1 : 1,
  };
  try {
    await definition.run(bench);
    await laboratory.verifyAgents();
  } catch (error) {
    outcome.failure = (error as Error).message;
    say(`  failed: ${outcome.failure}`);
  } finally {
    laboratory.closeHosts();
  }
  await laboratory.settle();
  return outcome;
}

export async function runCases(definitions: readonly Case[], options: RunnerOptions): Promise<CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  for (const [index, definition] of definitions.entries()) {
    const began = performance.now();
    options.say(`${index + 1}/${definitions.length} ${definition.name}: ${definition.title}`);
    outcomes.push(await runCase(definition, options));
    options.say(`  ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  return outcomes;
}
