/**
 * Assembles the table of system calls that native/launcher.c executes. Pure: gives bytes.
 *
 * The file is mapped at a fixed address, so that every pointer is known here: header, operations, and from
 * {@link dataOffset} on the strings, structures and slots (eight-byte cells that take results).
 */
import { constants } from 'node:os';
import { type SyscallName, syscallNumber } from './syscalls';

const base = 0x10000000;
const headerSize = 64;
const opSize = 64;
const dataOffset = 0x40000;
const maxOps = (dataOffset - headerSize) / opSize;
const magic = 0x54534e32;
const anyErrno = 0xffff;
const flag = { store: 1, jumpIfZero: 2, jumpIfTolerated: 4 } as const;

/** A cell whose value is known when the program runs: as an argument it stands for that value. */
export class Slot {
  readonly address: number;

  constructor(address: number) {
    this.address = address;
  }
}

/** Numbers may be negative; addresses come from {@link Program.text} and its neighbours. */
export type Argument = number | bigint | Slot;

/** The place that a jump leads to; see {@link Program.land}. */
export class Label {
  op: number | undefined;
}

export interface CallOptions {
  /** errno name that is no failure, or `any`. */
  tolerate?: string;
  /** Cell that takes the result. */
  store?: Slot;
  /** Where to go on when the result is 0, as in the child of a clone. */
  ifZero?: Label;
  /** Where to go on when the tolerated errno came. */
  ifTolerated?: Label;
}

interface Op extends CallOptions {
  what: string;
  number: number;
  args: readonly Argument[];
}

/** One contiguous part of the file. */
interface Piece {
  offset: number;
  bytes: Buffer;
}

export class Program {
  readonly #ops: Op[] = [];
  readonly #data: Buffer[] = [];
  readonly #texts = new Map<string, number>();
  readonly #arch: string;
  #dataSize = 0;

  constructor(arch: string = process.arch) {
    this.#arch = arch;
  }

  /**
   * Appends a system call.
   * @param what what fails when this fails, `verb thing`: the begin of the error message
   */
  call(what: string, name: SyscallName, args: readonly Argument[], options: CallOptions = {}): void {
    if (this.#ops.length === maxOps) throw new Error(`plan "${what}": more than ${maxOps} operations`);
    this.#ops.push({ what, number: syscallNumber(name, this.#arch), args, ...options });
  }

  /** As {@link call}; gives the cell that holds the result. */
  result(what: string, name: SyscallName, args: readonly Argument[], options: CallOptions = {}): Slot {
    const store = options.store ?? this.slot();
    this.call(what, name, args, { ...options, store });
    return store;
  }

  /** Goes on at `label`, whatever happened before. */
  jump(label: Label): void {
    // any operation that gives 0 and changes nothing: close-on-exec for an empty range of descriptors
    const last = 0xffffffff;
    this.call('jump', 'close_range', [last, last, 0], { ifZero: label });
  }

  /** Makes the next operation the one that jumps to `label` reach. */
  land(label: Label): void {
    label.op = this.#ops.length;
  }

  /** Address of bytes, eight-aligned. */
  bytes(content: Buffer): number {
    const address = base + dataOffset + this.#dataSize;
    const padded = Buffer.alloc(Math.max(8, Math.ceil(content.length / 8) * 8));
    content.copy(padded);
    this.#data.push(padded);
    this.#dataSize += padded.length;
    return address;
  }

  /**
   * Address of a NUL-terminated string.
   * @throws Error when it holds a NUL itself: the kernel would see another string than the one that was checked
   */
  text(content: string): number {
    if (content.includes('\0')) throw new Error(`plan ${JSON.stringify(content)}: NUL in a string`);
    const known = this.#texts.get(content);
    if (known !== undefined) return known;
    const address = this.bytes(Buffer.from(`${content}\0`));
    this.#texts.set(content, address);
    return address;
  }

  /** Address of 64-bit words. */
  words(...values: (number | bigint)[]): number {
    const content = Buffer.alloc(values.length * 8);
    values.forEach((value, i) => {
      content.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), i * 8);
    });
    return this.bytes(content);
  }

  /** Address of a NULL-terminated array of strings, as execve(2) takes. */
  texts(contents: readonly string[]): number {
    return this.words(...contents.map((content) => this.text(content)), 0);
  }

  slot(): Slot {
    return new Slot(this.words(0));
  }

  /** What the operation of that index does, for the error message. */
  what(index: number): string {
    return this.#ops[index]?.what ?? 'run launcher';
  }

  /** Every operation in order, for tests and for people. */
  list(): readonly string[] {
    return this.#ops.map(({ what }) => what);
  }

  /** The file. */
  encode(): Piece[] {
    const ops = Buffer.alloc(headerSize + this.#ops.length * opSize);
    ops.writeUInt32LE(magic, 0);
    ops.writeUInt32LE(this.#ops.length, 4);
    ops.writeBigUInt64LE(BigInt(base), 8);
    ops.writeBigUInt64LE(BigInt(dataOffset + this.#dataSize), 16);
    this.#ops.forEach((op, i) => {
      encodeOp(op).copy(ops, headerSize + i * opSize);
    });
    return [
      { offset: 0, bytes: ops },
      { offset: dataOffset, bytes: Buffer.concat(this.#data) },
    ];
  }
}

function errnoNumber(name: string): number {
  if (name === 'any') return anyErrno;
  return (constants.errno as Record<string, number>)[name]!;
}

function target(op: Op, label: Label): number {
  if (label.op === undefined) throw new Error(`plan "${op.what}": jump to a label that never lands`);
  return label.op;
}

function encodeOp(op: Op): Buffer {
  const bytes = Buffer.alloc(opSize);
  const label = op.ifZero ?? op.ifTolerated;
  const flags =
    (op.store ? flag.store : 0) |
    (op.ifZero ? flag.jumpIfZero : 0) |
    (op.ifTolerated ? flag.jumpIfTolerated : 0);
  bytes.writeUInt16LE(op.number, 0);
  bytes.writeUInt16LE(flags, 2);
  bytes.writeUInt16LE(op.tolerate ? errnoNumber(op.tolerate) : 0, 4);
  op.args.forEach((arg, i) => {
    const indirect = arg instanceof Slot;
    if (indirect) bytes.writeUInt16LE(bytes.readUInt16LE(6) | (1 << i), 6);
    const value = indirect ? arg.address : arg;
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), 8 + i * 8);
  });
  bytes.writeUInt32LE(op.store?.address ?? 0, 56);
  bytes.writeUInt32LE(label ? target(op, label) : 0, 60);
  return bytes;
}
