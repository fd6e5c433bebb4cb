/**
 * Which addresses are taken, one bit for each, so that the next free one is found without asking for every address
 * before it: files of 8 KiB, each about the 65,536 addresses that have all but their last 16 bits in common. Addresses
 * without file are free. It is part of the index: what it says counts as long as the directory's seal holds.
 */
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Ip, parseIp } from '../ip';
import { ifPresent } from './io-failure';
import { forEachInTurns } from './turns';

const blockBits = 16n;
const blockSize = 1 << 16;
const fileSize = blockSize / 8;
const nothing = Buffer.alloc(fileSize);

type Family = Ip['family'];

interface Mark {
  /** Of the block. */
  name: string;
  position: number;
  taken: boolean;
}

const blockName = (family: Family, block: bigint) => `${family}-${block.toString(16)}`;
const positionIn = (value: bigint) => Number(BigInt.asUintN(16, value));

function withBit(byte: number, position: number, taken: boolean): number {
  const bit = 1 << (position & 7);
  return taken ? byte | bit : byte & ~bit;
}

/** The first position of `first` to `last` whose bit is off. Pure. */
export function findClearBit(bits: Uint8Array, first: number, last: number): number | undefined {
  for (let at = first; at <= last; at += 1) {
    if (bits[at >> 3] === 0xff) at |= 7;
    else if (((bits[at >> 3] ?? 0) & (1 << (at & 7))) === 0) return at;
  }
  return undefined;
}

function setBit(blocks: Map<string, Buffer>, { name, position, taken }: Mark): void {
  const bits = blocks.get(name) ?? Buffer.alloc(fileSize);
  blocks.set(name, bits);
  bits[position >> 3] = withBit(bits[position >> 3]!, position, taken);
}

function markOf(address: string, taken: boolean): Mark | undefined {
  const ip = parseIp(address);
  return ip && { name: blockName(ip.family, ip.value >> blockBits), position: positionIn(ip.value), taken };
}

/** All blocks by name. */
async function encodeBlocks(addresses: readonly string[]): Promise<Map<string, Buffer>> {
  const blocks = new Map<string, Buffer>();
  await forEachInTurns(addresses, (address) => {
    const mark = markOf(address, true);
    if (mark) setBit(blocks, mark);
  });
  return blocks;
}

export class TakenAddresses {
  readonly #folder: string;
  /** All blocks, when they could not be written. */
  #memory: Map<string, Buffer> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The first address of `first` to `last`, both included, that is not taken. */
  findFree(family: Family, first: bigint, last: bigint): bigint | undefined {
    for (let from = first; from <= last; ) {
      const block = from >> blockBits;
      const end = (block + 1n) << blockBits;
      const bits = this.#find(blockName(family, block));
      if (!bits) return from;
      const found = findClearBit(bits, positionIn(from), positionIn(last < end ? last : end - 1n));
      if (found !== undefined) return (block << blockBits) + BigInt(found);
      from = end;
    }
    return undefined;
  }

  mark(address: string, taken: boolean): void {
    const mark = markOf(address, taken);
    if (!mark) return;
    if (this.#memory) setBit(this.#memory, mark);
    else this.#markFile(mark);
  }

  /** Whether it has been written. */
  exists(): boolean {
    return existsSync(this.#folder);
  }

  /** Writes everything anew. */
  async replace(addresses: readonly string[]): Promise<void> {
    this.#memory = undefined;
    const blocks = await encodeBlocks(addresses);
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { mode: 0o700 });
    for (const [name, bits] of blocks) writeFileSync(join(this.#folder, name), bits, { mode: 0o600 });
  }

  /** Serves `addresses` from memory from now on. */
  async remember(addresses: readonly string[]): Promise<void> {
    this.#memory = await encodeBlocks(addresses);
  }

  #find(name: string): Buffer | undefined {
    return this.#memory ? this.#memory.get(name) : ifPresent(() => readFileSync(join(this.#folder, name)));
  }

  /** A file that says nothing goes, so that a network without attachments leaves none behind. */
  #markFile({ name, position, taken }: Mark): void {
    const path = join(this.#folder, name);
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    const file = openSync(path, flags, 0o600);
    try {
      const bits = Buffer.alloc(fileSize);
      readSync(file, bits, 0, fileSize, 0);
      const at = position >> 3;
      bits[at] = withBit(bits[at]!, position, taken);
      if (bits.equals(nothing)) unlinkSync(path);
      else writeSync(file, bits, 0, fileSize, 0);
    } finally {
      closeSync(file);
    }
  }
}
