/** Schemas of single values that several plugins' configurations share. */
import * as v from 'valibot';

/**
 * `02:42:ac:11:00:02`, any case; given on in lower case. Empty means absent, as Go's decoder has it. Neither multicast nor
 * all zeros: the kernel refuses those.
 * @param failure what cannot be done without a valid address, for the message
 */
export function macAddress(failure: string) {
  const refusal = (expected: string) => (issue: { input: string }) =>
    `${failure}: address ${issue.input}: invalid MAC address: expected ${expected}`;
  return v.pipe(
    v.string(),
    v.regex(
      /^(([0-9a-f]{2}[:-]){5}[0-9a-f]{2})?$/i,
      refusal('six hexadecimal octets such as "02:42:ac:11:00:02"'),
    ),
    v.transform((mac) => mac.toLowerCase().replaceAll('-', ':')),
    v.check((mac) => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0, refusal('a unicast address')),
    v.check((mac) => mac !== '00:00:00:00:00:00', refusal('one that is not all zeros')),
  );
}

export function isVlanId(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id <= 4094;
}

/** 802.1Q VLAN id; 0 means none. */
export const vlanId = v.pipe(
  v.number(),
  v.check(isVlanId, (issue) => `invalid VLAN ID ${issue.input} (must be between 0 and 4094)`),
);

/**
 * An interface name as the kernel takes it (dev_valid_name in net/core/dev.c): 1 to 15 bytes, no `/`, `:` or space. Nor
 * `%`, which asks the kernel for a number: the interface would have another name.
 */
export const interfaceName = v.pipe(
  v.string(),
  v.check(
    (name) => /^[^\s/:%\0]+$/u.test(name) && name !== '.' && name !== '..' && Buffer.byteLength(name) <= 15,
    (issue) =>
      `invalid interface name "${issue.input}": expected 1 to 15 bytes without "/", ":", "%" or white space`,
  ),
);

/** Bytes; 0 leaves the kernel's default. */
export const mtu = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535));
