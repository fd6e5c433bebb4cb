/**
 * nftables objects as data, and the door to the kernel's: what linux/firewall/ plans with. Two implementations behind one
 * contract suite: netlink (nfnetlink batches, no process), and the `nft` command where FFI cannot load or where a user's own
 * nft text has to be understood.
 */

/** Of a table: `inet` sees both address families, `bridge` frames. `ip` and `ip6` are others' (iptables-nft): read only. */
export type TableFamily = 'inet' | 'bridge' | 'ip' | 'ip6' | 'arp' | 'netdev';

export interface TableRef {
  family: TableFamily;
  name: string;
}

/** One part of a packet or of what the kernel knows of it, in nft's own words. */
export type Field =
  | 'meta iifname'
  | 'meta oifname'
  | 'meta l4proto'
  | 'meta nfproto'
  | 'meta mark'
  | 'ip saddr'
  | 'ip daddr'
  | 'ip6 saddr'
  | 'ip6 daddr'
  | 'ether saddr'
  | 'th dport'
  | 'ct state'
  | 'ct status'
  | 'fib saddr type'
  | 'fib daddr type';

/** Types of set keys and map values. Concatenations are arrays of them. */
export type DataType = 'ipv4_addr' | 'ipv6_addr' | 'inet_proto' | 'inet_service' | 'ifname' | 'ether_addr';

/** One condition or action of a rule, in order. Values are text as nft prints them: `10.0.0.0/8`, `tcp`, `80-90`, `"eth0"` without quotes. */
export type Statement =
  /** `values` are alternatives only for `ct state`; elsewhere there is one. `mask` is for `meta mark`. */
  | { match: Field; not?: true; values: readonly string[]; mask?: number }
  /** Membership of a set whose key is the concatenation of the fields. */
  | { lookup: readonly Field[]; set: string; not?: true }
  /** Destination from a map: address, or address and port where the map's value has both. */
  | { dnatMap: readonly Field[]; map: string; family: 'ip' | 'ip6' }
  | { dnat: { family: 'ip' | 'ip6'; address: string; port?: number } }
  | { masquerade: true }
  | { setMark: { value: number; mask: number } }
  | { verdict: 'accept' | 'drop' | 'return' | 'continue' }
  | { jump: string }
  /** A user's own text: only the command implementation can apply it. */
  | { text: string };

export interface NewRule {
  statements: readonly Statement[];
  /** At most 127 bytes. */
  comment?: string;
}

/** A rule as it was read: enough to tell it by its comment and to delete it. */
export interface RuleRecord {
  handle: number;
  comment: string | undefined;
  /** The chain that a `jump` or `goto` of it leads to. */
  jump: string | undefined;
  /** Changes when anything in the rule but a counter does: a digest of its expressions as the kernel gives them. */
  digest: string;
}

export interface BaseChain {
  type: 'filter' | 'nat' | 'route';
  hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
  priority: number;
}

export interface ChainRecord {
  name: string;
  base?: BaseChain & { policy: 'accept' | 'drop' };
}

export interface SetSpec {
  name: string;
  key: readonly DataType[];
  /** Present for maps. */
  value?: readonly DataType[];
  interval?: true;
  /** Of a set that was read: it was declared with more than is told here, such as timeouts. */
  other?: true;
}

/** Parts of a key or value by position, as text: `['tcp', '80']`, `['10.0.0.1', 'tcp', '8000-8010']`, `['10.0.0.2', '10.0.0.0/24']`. */
export interface Element {
  key: readonly string[];
  value?: readonly string[];
  comment?: string;
}

/** One change. `addRule` appends. Everything in one {@link Nftables.commit} happens or nothing does. */
export type Change =
  | { addTable: TableRef }
  /** Also its content. */
  | { deleteTable: TableRef }
  | { addChain: string; table: TableRef; base?: BaseChain }
  | { flushChain: string; table: TableRef }
  /** It has to be empty of jumps to it; its rules go with it. */
  | { deleteChain: string; table: TableRef }
  | { addRule: NewRule; chain: string; table: TableRef }
  | { deleteRule: number; chain: string; table: TableRef }
  | { addSet: SetSpec; table: TableRef }
  /** `exclusive`: an element that is there (or a range that meets one) fails the whole commit with EEXIST. */
  | { addElements: readonly Element[]; set: SetSpec; table: TableRef; exclusive?: true }
  /** An element that is absent fails the whole commit with ENOENT. */
  | { deleteElements: readonly Element[]; set: SetSpec; table: TableRef };

export interface CommitOptions {
  /** The commit fails with ERESTART when the ruleset is of another generation by now. */
  generation?: number;
  /** Descriptors that a command inherits: the caller's lock. */
  inherit?: readonly number[];
}

/**
 * nf_tables of one network namespace. Reads of what is absent give undefined or nothing.
 * All methods may throw SyscallError (netlink) or CommandError (nft), `code` as the kernel says: ENOENT, EEXIST, ERESTART …
 */
export interface Nftables extends Disposable {
  /** Number of the ruleset's last change by anybody; any commit raises it. Undefined where the implementation cannot tell. */
  generation(): Promise<number | undefined>;
  listTables(): Promise<TableRef[]>;
  listChains(table: TableRef): Promise<ChainRecord[]>;
  listSets(table: TableRef): Promise<SetSpec[]>;
  /** In order; undefined when there is no such chain. Costs what this chain holds, not what the table does. */
  findRules(table: TableRef, chain: string): Promise<RuleRecord[] | undefined>;
  /** The element that the key (or, in an interval set, the range) falls on. Costs the same in a set of any size. */
  findElement(table: TableRef, set: SetSpec, key: readonly string[]): Promise<Element | undefined>;
  /** As {@link Nftables.findElement} for each key, in their order. */
  findElements(
    table: TableRef,
    set: SetSpec,
    keys: readonly (readonly string[])[],
  ): Promise<(Element | undefined)[]>;
  listElements(table: TableRef, set: SetSpec): Promise<Element[]>;
  commit(changes: readonly Change[], options?: CommitOptions): Promise<void>;
}
