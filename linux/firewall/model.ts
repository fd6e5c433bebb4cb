/**
 * Firewall rules as data. Pure functions elsewhere make {@link RuleSet}s; a {@link Firewall} backend (iptables, nftables,
 * none) brings the kernel to them. Nothing outside this folder writes a line of iptables or nft syntax.
 */

/** Where a rule stands. All hooks are of the host's own namespace. */
export type Hook =
  | 'raw-prerouting'
  | 'nat-prerouting'
  | 'nat-output'
  | 'nat-postrouting'
  | 'filter-forward'
  | 'bridge-prerouting';

export type Family = 'ipv4' | 'ipv6';
export type Protocol = 'tcp' | 'udp' | 'sctp';

/** A value or its negation. */
export type Maybe<T> = T | { not: T };

/** All given conditions must hold. Interface names and CIDRs are validated before they get here, and again when rendered. */
export interface Match {
  inInterface?: Maybe<string>;
  outInterface?: Maybe<string>;
  source?: Maybe<string>;
  destination?: Maybe<string>;
  protocol?: Protocol;
  /** Destination ports, inclusive; needs `protocol`. */
  ports?: { first: number; last: number };
  /** Conntrack states. */
  state?: ('new' | 'established' | 'related' | 'invalid')[];
  /** Only packets whose destination a DNAT has changed. */
  dnated?: true;
  /** Destination, or source, is an address of this host. */
  destinationLocal?: true;
  sourceLocal?: true;
  mark?: { value: number; mask: number };
  /** Source hardware address (bridge hook). */
  sourceMac?: Maybe<string>;
  /** Conditions in the backend's own syntax, from the user's config (portmap `conditionsV4`/`conditionsV6`). */
  native?: string[];
}

export type Action =
  | { verdict: 'accept' | 'drop' | 'return' }
  | { masquerade: true }
  | { setMark: { value: number; mask: number } }
  /** Container end of a published port; `ports` keeps a range one to one. */
  | {
      dnat: {
        address: string;
        port: number;
        lastPort?: number /** first host port of a shifted range */;
        basePort?: number;
      };
    }
  /** iptables only: an existing chain of the administrator's (portmap `externalSetMarkChain`). */
  | { jump: string };

export interface Rule {
  hook: Hook;
  /** Both families when absent and nothing in the rule belongs to one. */
  family?: Family;
  match: Match;
  action: Action;
}

/**
 * A published port or range. Kept apart from rules since it is a key in a kernel map on nftables: of constant cost, and a
 * taken key is refused by the kernel itself.
 */
export interface PortForward {
  family: Family;
  protocol: Protocol;
  /** Only this address of the host; any when absent. */
  hostAddress?: string;
  hostPort: number;
  /** How many consecutive ports; 1 by default. */
  count?: number;
  address: string;
  port: number;
  /**
   * Hairpin and localhost connections are masqueraded, so that the answer comes back through the host (portmap `snat`).
   * Counts per container address: where forwards to one address differ, the most is done.
   */
  masquerade: 'needed' | 'always' | 'never';
  /** Prefix of the container's network: sources within it need masquerade (hairpin). */
  subnet: string;
}

/**
 * All that one owner has in the firewall; ensured, verified and removed as one.
 *
 * `owner` parts are joined unambiguously (a subnet contains `/`) and hashed into chain names; the readable form goes into
 * comments, so that GC and DEL need no other memory. By convention `[network]` for what a network shares,
 * `[network, subnet]` for what it shares per subnet, and `[network, containerID, ifName]` for one attachment. `role`
 * separates plugins that work for the same attachment.
 */
export interface RuleSet {
  role: Role;
  owner: Owner;
  rules: Rule[];
  forwards?: PortForward[];
}

export type Role = 'masquerade' | 'policy' | 'macspoofchk' | 'portmap';
export type Owner =
  | readonly [network: string]
  | readonly [network: string, subnet: string]
  | readonly [network: string, containerId: string, ifName: string];

/** Which of an owner's sets: the key of `remove`. */
export type RuleSetKey = Pick<RuleSet, 'role' | 'owner'>;

export type Backend = 'iptables' | 'nftables' | 'none';

/** Thrown by `ensure` when a published port belongs to somebody else. `code` is EADDRINUSE. */
export interface PortTakenError extends Error {
  code: 'EADDRINUSE';
  /** Readable owner: `network/containerID/ifName`, a rule's comment, or `pid 812 (nginx)`. */
  owner: string;
}

/**
 * One firewall backend. `ensure` and `remove` are one batch each, atomic, safe beside other processes, and idempotent.
 */
export interface Firewall {
  readonly backend: Backend;
  /** Creates or replaces the owner's set. @throws PortTakenError; CommandError */
  ensure(set: RuleSet): Promise<void>;
  /** Removes the sets; absent ones are fine. All keys in one batch. */
  remove(keys: RuleSetKey[]): Promise<void>;
  /** Throws on the first difference between the kernel and the set, also when an entry jump or base chain is gone. */
  verify(set: RuleSet): Promise<void>;
  /** Owners that have a set of this role in this network: for GC. */
  listOwners(role: Role, network: string): Promise<Owner[]>;
  /** Throws when the backend cannot work here (program or kernel support missing): for STATUS. */
  status(): Promise<void>;
}
