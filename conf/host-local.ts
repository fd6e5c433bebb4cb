/** Configuration of the `host-local` IPAM plugin: the reference plugin's keys. */
import * as v from 'valibot';
import { addressOrCidr, cidr, ipAddress, routes } from './ipam-values';
import { networkKeys } from './network';

const rangeEntries = {
  subnet: cidr,
  /** First and last address to allocate, inclusive. */
  rangeStart: v.optional(ipAddress),
  rangeEnd: v.optional(ipAddress),
  /** Never allocated; the first host of the subnet when absent. */
  gateway: v.optional(ipAddress),
} as const;

const rangeSets = v.optional(v.array(v.array(v.looseObject(rangeEntries))), []);
const requestedIps = v.optional(v.array(addressOrCidr), []);

export const hostLocalConf = v.looseObject({
  ...networkKeys,
  ipam: v.optional(
    v.looseObject({
      type: v.optional(v.string(), ''),
      /** A range in the old place: it becomes the first set. */
      ...rangeEntries,
      subnet: v.optional(cidr),
      /** One address is allocated from each set; the ranges of a set stand in for each other. */
      ranges: rangeSets,
      routes,
      dataDir: v.optional(v.string(), ''),
      /** A resolv.conf(5) that becomes the result's `dns`. */
      resolvConf: v.optional(v.string(), ''),
    }),
  ),
  args: v.optional(v.looseObject({ cni: v.optional(v.looseObject({ ips: requestedIps })) })),
  runtimeConfig: v.optional(v.looseObject({ ips: requestedIps, ipRanges: rangeSets })),
});

export type HostLocalConf = v.InferOutput<typeof hostLocalConf>;
