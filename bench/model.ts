/** The words of the benchmark: what is measured (works), for whom (subjects), and what must come out (targets). */
import type { Laboratory } from './laboratory';

/**
 * Who does a work: Debian's Go plugins; the same kernel objects by `ip`, `iptables-restore` and `nft` alone; our plugins
 * behind a running agent and without one; Docker's order of commands; our two firewall backends.
 */
export type Subject = 'go' | 'floor' | 'agent' | 'bundle' | 'docker' | 'nftables' | 'iptables';

export const subjectLabels: Record<Subject, string> = {
  go: 'reference',
  docker: "Docker's way",
  floor: 'kernel floor',
  agent: 'with agent',
  bundle: 'without agent',
  nftables: 'tsnet, nftables',
  iptables: 'tsnet, iptables',
};

export type Unit = 'ms' | 'µs' | 'MiB' | 'Gbit/s' | '1/s' | '%' | 'descriptors' | 'pairs';

export interface Work {
  /** Unique within the case. */
  id: string;
  title: string;
  /** Milliseconds when absent. */
  unit?: Unit;
  /** Which figures are good; 'lower' when absent. */
  better?: 'lower' | 'higher';
  /** Whom the others are compared with; 'go' when absent. */
  reference?: Subject;
}

/**
 * The median of a work for a subject may be at most `limit` times that of another work or subject, or, with
 * `against: 'unit'`, at most `limit` in the work's unit. Where higher is better the ratio is turned round.
 */
export interface Target {
  work: string;
  subject: Subject;
  limit: number;
  /** The work's reference when absent. */
  against?: { work?: string; subject?: Subject } | 'unit';
}

/** Measured values by work and subject, in the order they were measured. */
export type Samples = Record<string, Partial<Record<Subject, number[]>>>;

export interface Contender {
  subject: Subject;
  /** Does the work once; gives values by work. */
  round(): Promise<Record<string, number>>;
}

export interface Comparison {
  contenders: Contender[];
  /** Rounds that count, when the command line does not say otherwise. */
  runs: number;
  /** Rounds before that do not count; 1 when absent. */
  warmUp?: number;
}

/** What a case measures with. */
export interface Bench {
  laboratory: Laboratory;
  /** Interleaves the contenders and records what their rounds give. */
  compare(comparison: Comparison): Promise<void>;
  record(subject: Subject, values: Record<string, number>): void;
  say(progress: string): void;
  /** How much of a long case to do: 1, or less for a quick look. */
  scale: number;
}

export interface Case {
  name: string;
  title: string;
  /** How it is measured, for the reader of the report. */
  method: string;
  works: Work[];
  targets: Target[];
  run(bench: Bench): Promise<void>;
}

export interface CaseOutcome {
  name: string;
  samples: Samples;
  /** Why the case ended before it was done. */
  failure?: string;
}
