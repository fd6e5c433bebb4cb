/** The bytes of IP addresses whose text is valid ({@link isIP}, without a zone), network order. */

export function ipv4Bytes(text: string): number[] {
  return text.split('.').map(Number);
}

/** @param groups 16-bit groups between colons, the last perhaps a dotted quad; '' for none */
function groupBytes(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return ipv4Bytes(group);
    const value = Number.parseInt(group, 16);
    return [value >>> 8, value & 0xff];
  });
}

/** `::` stands for as many zeros as are missing (RFC 4291 §2.2). */
export function ipv6Bytes(text: string): number[] {
  const [before, after] = text.split('::').map(groupBytes);
  if (after === undefined) return before!;
  return [...before!, ...new Array<number>(16 - before!.length - after.length).fill(0), ...after];
}
