/**
 * What a rule has found out of the packet's headers so far. A field of a header means nothing in a packet without it, so
 * the header is asked for before, once in a rule; in the words that nft asks with, which it leaves out of listings. Pure.
 */
import type { TableFamily } from '../model';
import { cmp, metaLoad, NFT_CMP_EQ, NFT_REG_1, payloadLoad } from './expression';
import type { Header } from './field';

const NFT_META_PROTOCOL = 1;
const NFT_META_IIFTYPE = 8;
const NFT_META_NFPROTO = 15;
const ARPHRD_ETHER = Buffer.of(1, 0);

const nfproto = { ip: Buffer.of(2), ip6: Buffer.of(10) };
const etherType = { ip: Buffer.of(0x08, 0x00), ip6: Buffer.of(0x86, 0xdd) };

export class KnownHeaders {
  readonly #family: TableFamily;
  readonly #known: Set<Header>;

  constructor(family: TableFamily) {
    this.#family = family;
    const given: Partial<Record<TableFamily, Header>> = { ip: 'ip', ip6: 'ip6', bridge: 'ether' };
    const header = given[family];
    this.#known = new Set(header ? [header] : []);
  }

  /** The rule has told it by a condition of its own. */
  add(header: Header): void {
    this.#known.add(header);
  }

  /** The conditions that are still needed before the header is read. */
  require(header: Header | undefined): Buffer[] {
    if (header === undefined || this.#known.has(header)) return [];
    const conditions = this.#ask(header);
    this.#known.add(header);
    return conditions;
  }

  #ask(header: Header): Buffer[] {
    if (header === 'ether') return [metaLoad(NFT_META_IIFTYPE, NFT_REG_1), cmp(NFT_CMP_EQ, ARPHRD_ETHER)];
    if (this.#family !== 'inet')
      return [metaLoad(NFT_META_PROTOCOL, NFT_REG_1), cmp(NFT_CMP_EQ, etherType[header])];
    return this.#known.has('ether')
      ? [payloadLoad({ base: 0, offset: 12, length: 2 }, NFT_REG_1), cmp(NFT_CMP_EQ, etherType[header])]
      : [metaLoad(NFT_META_NFPROTO, NFT_REG_1), cmp(NFT_CMP_EQ, nfproto[header])];
  }
}
