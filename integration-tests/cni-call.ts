/**
 * How the suites call executables: one plugin with {@link callPlugin}, a whole network as a runtime does with
 * {@link Network}. Configurations and replies are plain objects.
 */
import { binFolder, type Outcome, type PrivateHost } from './private-host';

export type Json = Record<string, unknown>;

/** The environment of one call; keys that are absent are not set. */
export interface Attachment {
  containerId: string;
  netns: string;
  ifName: string;
}

export interface CallOptions {
  cniArgs?: string;
  /** Where the executables are; dist/bin by default. */
  folder?: string;
  /** CNI_PATH; the folder of the executables by default. */
  path?: string;
  /** Further variables, or other values for those above. */
  env?: Record<string, string>;
}

/**
 * Whatever an executable prints: a result, an error or a version. Every key is typed as present, so that tests read
 * plainly; an absent one fails the expectation on it.
 */
export interface Document {
  cniVersion: string;
  interfaces: { name: string; mac: string; mtu: number; sandbox?: string }[];
  ips: { address: string; interface: number; gateway: string; version: string }[];
  routes: { dst: string; gw: string }[];
  dns: Json;
  code: number;
  msg: string;
  details: string;
  supportedVersions: string[];
  [key: string]: unknown;
}

export interface Reply extends Outcome {
  /** Standard output; undefined when empty or not one JSON document. */
  json: Document;
}

export type Command = 'ADD' | 'DEL' | 'CHECK' | 'GC' | 'STATUS' | 'VERSION';

/** The attachment that most suites use: namespace, container and interface from one name. */
export function attachment(containerId: string, ifName = 'eth0'): Attachment {
  return { containerId, netns: `/run/netns/${containerId}`, ifName };
}

/** Creates the namespace of an attachment, `lo` up as runtimes leave it. */
export function createSandbox(host: PrivateHost, containerId: string, ifName = 'eth0'): Attachment {
  host.sh(`ip netns add ${containerId}; ip -n ${containerId} link set lo up`);
  return attachment(containerId, ifName);
}

export function parseDocument(text: string): Document {
  try {
    return JSON.parse(text);
  } catch {
    return undefined as unknown as Document;
  }
}

function environment(
  command: Command,
  target: Partial<Attachment>,
  options: CallOptions,
): Record<string, string> {
  return {
    CNI_COMMAND: command,
    CNI_PATH: options.path ?? options.folder ?? binFolder,
    ...(target.containerId !== undefined && { CNI_CONTAINERID: target.containerId }),
    ...(target.netns !== undefined && { CNI_NETNS: target.netns }),
    ...(target.ifName !== undefined && { CNI_IFNAME: target.ifName }),
    ...(options.cniArgs !== undefined && { CNI_ARGS: options.cniArgs }),
    ...options.env,
  };
}

export interface Call extends CallOptions {
  command: Command;
  conf: Json | string;
  target?: Partial<Attachment>;
}

/** Runs one executable (by `conf.type`, or `type`) on a private host. */
export function callPlugin(host: PrivateHost, call: Call, type = (call.conf as Json).type): Reply {
  const input = typeof call.conf === 'string' ? call.conf : JSON.stringify(call.conf);
  const env = environment(call.command, call.target ?? {}, call);
  const done = host.exec([`${call.folder ?? binFolder}/${type}`], { input, env });
  return { ...done, json: parseDocument(done.stdout) };
}

/** As {@link callPlugin}, for calls that run beside each other. */
export async function callPluginAsync(
  host: PrivateHost,
  call: Call,
  type = (call.conf as Json).type,
): Promise<Reply> {
  const input = typeof call.conf === 'string' ? call.conf : JSON.stringify(call.conf);
  const env = environment(call.command, call.target ?? {}, call);
  const done = await host.execAsync([`${call.folder ?? binFolder}/${type}`], { input, env });
  return { ...done, json: parseDocument(done.stdout) };
}

/** What went wrong, for the message of a failing test. */
export function describeReply(reply: Reply): string {
  return `exit ${reply.code}: ${reply.json?.msg ?? reply.stdout}\n${reply.stderr}`;
}

/** Gives the reply back when the call succeeded; fails the test when not. */
export function succeeded(reply: Reply): Reply {
  if (reply.code !== 0) throw new Error(describeReply(reply));
  return reply;
}

export interface NetworkConf {
  cniVersion?: string;
  name: string;
  plugins: Json[];
}

/** Values offered to plugins that declare the capability, by its name. */
export type Capabilities = Record<string, unknown>;

/**
 * A conflist executed as a runtime does (SPEC.md section 3): ADD in order handing prevResult on, DEL in reverse with
 * the cached result, runtimeConfig for declared capabilities. The first failing plugin ends an ADD; nothing is cleaned
 * up after it, so that a test sees what the plugin left.
 */
export class Network {
  readonly name: string;
  readonly #host: PrivateHost;
  readonly #conf: Required<NetworkConf>;
  readonly #attached = new Map<string, { result: Json; capabilities: Capabilities }>();

  constructor(host: PrivateHost, conf: NetworkConf) {
    this.#host = host;
    this.#conf = { cniVersion: '1.1.0', ...conf };
    this.name = conf.name;
  }

  /** The configuration that one plugin of the list is called with. */
  confOf(plugin: Json, extra: Json = {}, capabilities: Capabilities = {}): Json {
    const { name, cniVersion } = this.#conf;
    const declared = Object.entries((plugin.capabilities ?? {}) as Record<string, boolean>);
    const granted = declared.filter(([key, on]) => on && capabilities[key] !== undefined);
    const runtimeConfig = Object.fromEntries(granted.map(([key]) => [key, capabilities[key]]));
    return {
      ...plugin,
      name,
      cniVersion,
      ...(granted.length > 0 && { runtimeConfig }),
      ...extra,
    };
  }

  #call(
    command: Command,
    plugin: Json,
    rest: { target?: Partial<Attachment>; extra?: Json; capabilities?: Capabilities } & CallOptions,
  ): Reply {
    const conf = this.confOf(plugin, rest.extra, rest.capabilities);
    return callPlugin(this.#host, { ...rest, command, conf }, plugin.type);
  }

  /** Runs the chain's ADD; gives the reply of the last plugin that ran. */
  tryAdd(target: Attachment, capabilities: Capabilities = {}, options: CallOptions = {}): Reply {
    let reply: Reply | undefined;
    for (const plugin of this.#conf.plugins) {
      const extra = reply ? { prevResult: reply.json } : {};
      reply = this.#call('ADD', plugin, { target, extra, capabilities, ...options });
      if (reply.code !== 0) return reply;
    }
    this.#attached.set(keyOf(target), { result: reply!.json, capabilities });
    return reply!;
  }

  /** Attaches, and gives the result. */
  add(target: Attachment, capabilities: Capabilities = {}, options: CallOptions = {}): Document {
    return succeeded(this.tryAdd(target, capabilities, options)).json;
  }

  /** The state that a runtime would have cached for an attachment. */
  #cached(target: Attachment): { extra: Json; capabilities: Capabilities } {
    const known = this.#attached.get(keyOf(target));
    return { extra: known ? { prevResult: known.result } : {}, capabilities: known?.capabilities ?? {} };
  }

  /** Runs every plugin's DEL in reverse order, whatever each says. The cached result is kept: DEL may be repeated. */
  del(target: Attachment, options: CallOptions = {}): Reply[] {
    const cached = this.#cached(target);
    return this.#conf.plugins
      .toReversed()
      .map((plugin) => this.#call('DEL', plugin, { target, ...cached, ...options }));
  }

  /** Forgets the cached result, as a runtime that lost its state. */
  forget(target: Attachment): void {
    this.#attached.delete(keyOf(target));
  }

  /** Runs the CHECKs in order, up to the first failure; gives the last reply. */
  check(target: Attachment, options: CallOptions = {}): Reply {
    const cached = this.#cached(target);
    let reply: Reply | undefined;
    for (const plugin of this.#conf.plugins) {
      reply = this.#call('CHECK', plugin, { target, ...cached, ...options });
      if (reply.code !== 0) return reply;
    }
    return reply!;
  }

  /** Runs every plugin's GC; without `valid` the key is left out. */
  gc(valid?: Attachment[]): Reply[] {
    const list = valid?.map(({ containerId, ifName }) => ({ containerID: containerId, ifname: ifName }));
    const extra = list ? { 'cni.dev/valid-attachments': list } : {};
    return this.#conf.plugins.map((plugin) => this.#call('GC', plugin, { extra }));
  }

  /** Every plugin's STATUS, in order. */
  status(options: CallOptions = {}): Reply[] {
    return this.#conf.plugins.map((plugin) => this.#call('STATUS', plugin, options));
  }
}

function keyOf({ containerId, ifName }: Attachment): string {
  return `${containerId} ${ifName}`;
}
