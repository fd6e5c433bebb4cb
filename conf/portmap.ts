/** Configuration of the `portmap` plugin: the reference plugin's keys, every value checked before anything is touched. */
import * as v from 'valibot';
import { networkKeys } from './network';
import { describeHostSide, overlap, type PortMapping, portMapping } from './port-mapping';

export type PortmapBackend = 'iptables' | 'nftables';

/** A condition becomes one token of a rule: nothing in it may end the rule. */
const condition = v.pipe(
  v.string(),
  v.regex(/^[^\p{Cc}]+$/u, 'invalid condition: expected text without control characters'),
);

const markBit = v.pipe(
  v.number(),
  v.check((bit) => Number.isInteger(bit) && bit >= 0 && bit <= 31, 'MasqMarkBit must be between 0 and 31'),
);

const chainName = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,27}$/,
    'invalid chain name: expected 1 to 28 letters, digits or _ . : -',
  ),
);

const backend = v.picklist(
  ['iptables', 'nftables'],
  (issue) => `unrecognized backend ${issue.received}: expected "iptables" or "nftables"`,
);

/** A mapping that claims a host port of another. Ordered by port, each is compared only with those it may meet. */
export function findDuplicate(mappings: readonly PortMapping[]): PortMapping | undefined {
  let open: PortMapping[] = [];
  for (const mapping of mappings.toSorted((one, other) => one.hostPort - other.hostPort)) {
    open = open.filter(({ hostPort, range }) => hostPort + range > mapping.hostPort);
    if (open.some((other) => overlap(mapping, other))) return mapping;
    open.push(mapping);
  }
  return undefined;
}

const portMappings = v.pipe(
  v.array(portMapping),
  v.check(
    (mappings) => findDuplicate(mappings) === undefined,
    (issue) => `host port ${describeHostSide(findDuplicate(issue.input)!)} is requested twice`,
  ),
);

const fields = v.looseObject({
  ...networkKeys,
  /** Which firewall carries the rules; what the host already uses when absent. */
  backend: v.optional(backend),
  /** False: connections from localhost and from the container's own network are not masqueraded (and fail). */
  snat: v.optional(v.boolean(), true),
  /** Further conditions of every published port, in the syntax of the backend. */
  conditionsV4: v.optional(v.array(condition), []),
  conditionsV6: v.optional(v.array(condition), []),
  /** Every connection is masqueraded: the container never sees a client's address. */
  masqAll: v.optional(v.boolean(), false),
  /** iptables: bit of the packet mark that asks for masquerade. */
  markMasqBit: v.optional(markBit),
  /** iptables: an existing chain that marks packets for masquerade, in place of ours. */
  externalSetMarkChain: v.optional(chainName),
  runtimeConfig: v.optional(v.looseObject({ portMappings: v.optional(portMappings, []) })),
});

type Fields = v.InferOutput<typeof fields>;

function speaksIptables(conditions: readonly string[]): boolean {
  return /^[-!]/.test(conditions[0]!);
}

/** Keys present that only one backend understands, by backend. */
export function backendSpecificKeys(conf: Fields): Record<PortmapBackend, string[]> {
  const keys: Record<PortmapBackend, string[]> = { iptables: [], nftables: [] };
  for (const key of ['markMasqBit', 'externalSetMarkChain'] as const)
    if (conf[key] !== undefined) keys.iptables.push(key);
  for (const key of ['conditionsV4', 'conditionsV6'] as const)
    if (conf[key].length > 0) keys[speaksIptables(conf[key]) ? 'iptables' : 'nftables'].push(key);
  return keys;
}

/** Why the keys do not go together; undefined when they do. */
function backendConflict(conf: Fields): string | undefined {
  const { iptables, nftables } = backendSpecificKeys(conf);
  if (conf.backend === 'iptables' && nftables.length > 0)
    return `iptables backend was requested but configuration contains nftables-specific options [${nftables.join(' ')}]`;
  if (conf.backend === 'nftables' && iptables.length > 0)
    return `nftables backend was requested but configuration contains iptables-specific options [${iptables.join(' ')}]`;
  if (iptables.length > 0 && nftables.length > 0)
    return `configuration contains both iptables-specific options [${iptables.join(' ')}] and nftables-specific options [${nftables.join(' ')}]`;
  return undefined;
}

export const portmapConf = v.pipe(
  fields,
  v.check(
    (conf) => conf.markMasqBit === undefined || conf.externalSetMarkChain === undefined,
    'Cannot specify externalSetMarkChain and markMasqBit',
  ),
  v.check(
    (conf) => backendConflict(conf) === undefined,
    (issue) => backendConflict(issue.input)!,
  ),
);

export type PortmapConf = v.InferOutput<typeof portmapConf>;

/** The backend that the configuration asks for, by name or by the keys it uses; undefined leaves the choice to the host. */
export function requiredBackend(conf: PortmapConf): PortmapBackend | undefined {
  if (conf.backend) return conf.backend;
  const { iptables, nftables } = backendSpecificKeys(conf);
  if (iptables.length > 0) return 'iptables';
  return nftables.length > 0 ? 'nftables' : undefined;
}
