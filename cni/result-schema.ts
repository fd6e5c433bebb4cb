/** What a result must look like before it is believed; unknown fields stay. */
import * as v from 'valibot';
import { isIP, isIPv4, isIPv6 } from '../values/ip-version';

/** 4 or 6; undefined when it is not an address with prefix length. */
export function findCidrFamily(cidr: string): 4 | 6 | undefined {
  const [address = '', length = '', ...rest] = cidr.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  if (isIPv4(address) && Number(length) <= 32) return 4;
  if (isIPv6(address) && Number(length) <= 128) return 6;
  return undefined;
}

const cidr = v.pipe(
  v.string(),
  v.check((text) => findCidrFamily(text) !== undefined, 'expected an address with prefix length (CIDR)'),
);
const number = v.optional(v.pipe(v.number(), v.integer()));
const text = v.optional(v.string());

/** Other implementations leave an unset one empty. */
const address = v.optional(
  v.pipe(
    v.string(),
    v.check((value) => value === '' || isIP(value) !== 0, 'expected an IP address'),
  ),
);

const strings = v.optional(v.array(v.string()));
const dns = v.looseObject({ nameservers: strings, domain: text, search: strings, options: strings });

const route = v.looseObject({
  dst: cidr,
  gw: address,
  mtu: number,
  advmss: number,
  priority: number,
  table: number,
  scope: number,
});

/** Versions 0.3.0 and later; `ips[].version` of the 0.x ones says nothing that the address does not. */
export const resultSchema = v.looseObject({
  interfaces: v.optional(
    v.array(
      v.looseObject({
        name: v.string(),
        mac: text,
        mtu: number,
        sandbox: text,
        socketPath: text,
        pciID: text,
      }),
    ),
  ),
  ips: v.optional(v.array(v.looseObject({ interface: number, address: cidr, gateway: address }))),
  routes: v.optional(v.array(route)),
  dns: v.optional(dns),
});

const legacyIp = v.looseObject({ ip: cidr, gateway: address, routes: v.optional(v.array(route)) });

/** Versions 0.1.0 and 0.2.0. */
export const legacyResultSchema = v.looseObject({
  ip4: v.optional(legacyIp),
  ip6: v.optional(legacyIp),
  dns: v.optional(dns),
});
