/**
 * The keys that every network configuration may carry (SPEC.md, section 1; CONVENTIONS.md). A plugin's schema is
 * `v.looseObject({ ...networkKeys, mtu: v.optional(mtu), … })`: unknown keys are kept, because chained
 * configurations carry keys of others. Names, versions, prevResult and attachments are examined by the dispatcher.
 */
import * as v from 'valibot';

/** Resolver settings, as in results. */
export const dns = v.looseObject({
  nameservers: v.optional(v.array(v.string())),
  domain: v.optional(v.string()),
  search: v.optional(v.array(v.string())),
  options: v.optional(v.array(v.string())),
});

/** The delegated IPAM section: `type` names its executable, the rest belongs to it. No type: layer 2 only. */
export const ipam = v.looseObject({ type: v.optional(v.string(), '') });

export const networkKeys = {
  cniVersion: v.optional(v.string()),
  name: v.string(),
  type: v.optional(v.string()),
  ipam: v.optional(ipam),
  dns: v.optional(dns),
  /** Values of the capabilities that the configuration asked for. A plugin refines this with its own. */
  runtimeConfig: v.optional(v.looseObject({})),
  /** `args.cni.*`, the structured form of CNI_ARGS. A plugin refines this with its own. */
  args: v.optional(v.looseObject({ cni: v.optional(v.looseObject({})) })),
  capabilities: v.optional(v.record(v.string(), v.boolean())),
} as const;

/** A configuration with the common keys only. */
export const network = v.looseObject(networkKeys);
