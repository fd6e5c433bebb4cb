/** What nft keeps beside objects for itself: a run of type, length, value of one byte, one byte, `length` bytes (libnftnl udata). */

/** NFTNL_UDATA_RULE_COMMENT and NFTNL_UDATA_SET_ELEM_COMMENT alike. */
const commentType = 0;

export function userDatum(type: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, value.length), value]);
}

export function encodeComment(comment: string): Buffer {
  return userDatum(commentType, Buffer.from(`${comment}\0`));
}

/** Undefined where there is none, or where what is there is no user data of nft. */
export function decodeComment(bytes: Buffer | undefined): string | undefined {
  for (let at = 0; bytes && at + 2 <= bytes.length; ) {
    const type = bytes[at]!;
    const end = at + 2 + bytes[at + 1]!;
    if (end > bytes.length) return undefined;
    if (type === commentType) return bytes.toString('utf8', at + 2, end).replace(/\0.*$/s, '');
    at = end;
  }
  return undefined;
}
