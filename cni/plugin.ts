/**
 * A plugin is a value. One file under plugins/ or ipam/ defines one with {@link definePlugin}; the build makes one
 * executable of each, and the agent and the command line import the same value.
 */
import type { GenericSchema, InferOutput } from 'valibot';
import type { Result } from './result';
import type { Rollback } from './rollback';

/** What the environment says of one attachment, validated. */
export interface Args {
  containerId: string;
  /** CNI_NETNS; empty when not given (allowed for DEL). */
  netns: string;
  ifName: string;
  /** CNI_ARGS as pairs; IgnoreUnknown is taken out and obeyed. */
  cniArgs: ReadonlyMap<string, string>;
  /** CNI_PATH, split. */
  path: readonly string[];
}

/** One entry of `cni.dev/valid-attachments`. */
export interface Attachment {
  containerId: string;
  ifName: string;
}

/** The delegated IPAM plugin of this call. With no `ipam.type` configured every call does nothing and `add` is empty. */
export interface Ipam {
  /** False when the network is layer 2 only. */
  readonly configured: boolean;
  /** Runs the delegate's ADD; when it fails its DEL has been run too. Result in newest shape. */
  add(): Promise<Result>;
  del(): Promise<void>;
  check(): Promise<void>;
  gc(): Promise<void>;
  status(): Promise<void>;
}

/** What every verb gets. */
export interface Call<Conf> {
  /** The whole parsed configuration. `network` is its `name`. */
  conf: Conf;
  network: string;
  cniVersion: string;
  ipam: Ipam;
}

export interface AddCall<Conf> extends Call<Conf> {
  args: Args;
  prevResult: Result | undefined;
  rollback: Rollback;
}

export interface DelCall<Conf> extends Call<Conf> {
  args: Args;
  /** Undefined when absent, unreadable, or of a version that cannot be converted. */
  prevResult: Result | undefined;
}

export interface CheckCall<Conf> extends Call<Conf> {
  args: Args;
  prevResult: Result;
}

export interface GcCall<Conf> extends Call<Conf> {
  valid: readonly Attachment[];
}

/** Everything the dispatcher needs to serve one CNI `type`. Undo what `add` made through `rollback`; see docs/architecture.md. */
export interface Plugin<Schema extends GenericSchema = GenericSchema> {
  /** CNI type: also the executable's name. */
  type: string;
  /** One line for people who run the executable by hand. */
  about: string;
  /** Valibot schema of the configuration, unknown keys kept. Keys match case-insensitively, as Go's decoder does. */
  conf: Schema;
  /** Keys of CNI_ARGS that this plugin knows; when absent CNI_ARGS is not examined at all. */
  cniArgs?: readonly string[];
  /** Supported config versions; all by default. */
  versions?: readonly string[];
  /** ADD only works behind another plugin; the error when prevResult is absent. */
  chained?: string;
  /**
   * The container's namespace may be the plugin's own. Every other plugin refuses that with code 8 before it does
   * anything.
   */
  allowsHostNetns?: true;
  /** CHECK has something to verify even when the runtime gives no prevResult; `check` then gets an empty one. */
  checksWithoutPrevResult?: true;
  add(call: AddCall<InferOutput<Schema>>): Result | Promise<Result>;
  del(call: DelCall<InferOutput<Schema>>): void | Promise<void>;
  check(call: CheckCall<InferOutput<Schema>>): void | Promise<void>;
  gc(call: GcCall<InferOutput<Schema>>): void | Promise<void>;
  status(call: Call<InferOutput<Schema>>): void | Promise<void>;
}

/** Gives the plugin back with its types inferred from its schema. */
export function definePlugin<Schema extends GenericSchema>(plugin: Plugin<Schema>): Plugin<Schema> {
  return plugin;
}
