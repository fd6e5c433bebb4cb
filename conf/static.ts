/** Configuration of the `static` IPAM plugin: the reference plugin's keys. */
import * as v from 'valibot';
import { ipAddress, routes } from './ipam-values';
import { dns, networkKeys } from './network';

const ips = v.optional(v.array(v.string()));

export const staticConf = v.looseObject({
  ...networkKeys,
  ipam: v.optional(
    v.looseObject({
      type: v.optional(v.string(), ''),
      addresses: v.optional(
        v.array(v.looseObject({ address: v.optional(v.string(), ''), gateway: v.optional(ipAddress) })),
        [],
      ),
      routes,
      dns: v.optional(dns),
    }),
  ),
  /** Replaces `ipam.addresses`. */
  args: v.optional(v.looseObject({ cni: v.optional(v.looseObject({ ips })) })),
  /** Replaces both. */
  runtimeConfig: v.optional(v.looseObject({ ips })),
});

export type StaticConf = v.InferOutput<typeof staticConf>;
