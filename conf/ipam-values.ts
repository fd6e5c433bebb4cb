/** Schemas of single values that the IPAM plugins' configurations share. */
import * as v from 'valibot';
import { isIP } from '../values/ip-version';

const isAddress = (text: string) => isIP(text) !== 0 && !text.includes('%');

function isCidr(text: string): boolean {
  const [, address = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  return isAddress(address) && Number(digits) <= (isIP(address) === 4 ? 32 : 128);
}

/** An IPv4 or IPv6 address; the empty string stands for an absent key, as Go's decoder has it. */
export const ipAddress = v.pipe(
  v.string(),
  v.check(
    (text) => text === '' || isAddress(text),
    (issue) => `invalid IP address: ${issue.input}`,
  ),
);

/** `10.1.2.3/24`; host bits may be set. */
export const cidr = v.pipe(
  v.string(),
  v.check(isCidr, (issue) => `invalid CIDR address: ${issue.input}`),
);

/** An address with or without prefix length. */
export const addressOrCidr = v.pipe(
  v.string(),
  v.check(
    (text) => isAddress(text) || isCidr(text),
    (issue) => `invalid IP address ${issue.input}`,
  ),
);

const unsigned = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1));

const optionalUnsigned = v.exactOptional(unsigned);

/** A route as results carry it (SPEC.md, "ADD Success"). */
export const route = v.pipe(
  v.looseObject({
    dst: cidr,
    gw: v.exactOptional(ipAddress),
    mtu: optionalUnsigned,
    advmss: optionalUnsigned,
    priority: v.exactOptional(v.pipe(v.number(), v.integer())),
    table: optionalUnsigned,
    scope: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255))),
  }),
  v.transform(({ gw, ...rest }) => (gw ? { ...rest, gw } : rest)),
);

export const routes = v.optional(v.array(route), []);
