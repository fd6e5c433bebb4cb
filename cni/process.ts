/** How the protocol starts other plugins. The process entry gives the implementation; cni/ starts nothing itself. */

/** One process to run to its end. */
export interface ProcessSpec {
  /** Absolute path of the executable; started without arguments and without a shell. */
  file: string;
  /** Everything for standard input. */
  stdin: Uint8Array;
  /** The whole environment. */
  env: Readonly<Record<string, string | undefined>>;
}

/** How it ended. `exitCode` is undefined when a signal killed it. */
export interface ProcessOutcome {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** Rejects only when the process cannot be started. There is no deadline: a delegate may wait long for its network. */
export type RunProcess = (spec: ProcessSpec) => Promise<ProcessOutcome>;
