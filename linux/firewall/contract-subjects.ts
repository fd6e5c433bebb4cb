/** What the firewall contract is tested with: rule sets, the backends, and ways to damage what they made. */
import { execFileSync } from 'node:child_process';
import { type Edit, iptablesBreakages, iptablesEdits, nftBreakages, nftEdits } from './contract-damage';
import { IptablesFirewall } from './iptables';
import type { Firewall, PortForward, RuleSet } from './model';
import { NftablesFirewall } from './nftables';

const output = (file: string, ...args: string[]) => execFileSync(file, args, { encoding: 'utf8' });

const subnets = { ipv4: '10.1.0.0/24', ipv6: 'fd01::/64' } as const;
const addresses = { ipv4: '10.1.0.2', ipv6: 'fd01::2' } as const;

export function forward(family: 'ipv4' | 'ipv6', rest: Partial<PortForward>): PortForward {
  return {
    family,
    protocol: 'tcp',
    hostPort: 8080,
    address: addresses[family],
    port: 80,
    masquerade: 'needed',
    subnet: subnets[family],
    ...rest,
  };
}

export const both = (rest: Partial<PortForward>) => [forward('ipv4', rest), forward('ipv6', rest)];

export function portmap(forwards: PortForward[], owner: RuleSet['owner'] = ['net', 'c1', 'eth0']): RuleSet {
  return { role: 'portmap', owner, rules: [], forwards };
}

export const masquerade: RuleSet = {
  role: 'masquerade',
  owner: ['net'],
  rules: Object.values(subnets).map((subnet) => ({
    hook: 'nat-postrouting',
    match: { source: subnet, destination: { not: subnet } },
    action: { masquerade: true },
  })),
};

export const internal: RuleSet = {
  role: 'policy',
  owner: ['net'],
  rules: [
    {
      hook: 'filter-forward',
      match: { inInterface: 'br0', outInterface: { not: 'br0' } },
      action: { verdict: 'drop' },
    },
  ],
};

export const guard: RuleSet = {
  role: 'macspoofchk',
  owner: ['net', 'c2', 'eth0'],
  rules: [
    {
      hook: 'bridge-prerouting',
      match: { inInterface: 'vc2', sourceMac: { not: '02:00:00:00:00:02' } },
      action: { verdict: 'drop' },
    },
  ],
};

export const everything: RuleSet[] = [
  portmap([
    ...both({}),
    forward('ipv4', { hostPort: 53, protocol: 'udp', hostAddress: '127.0.0.1' }),
    ...both({ hostPort: 7000, count: 3, port: 8000, protocol: 'sctp' }),
    ...both({ hostPort: 9000, count: 3, port: 9000 }),
  ]),
  masquerade,
  internal,
  guard,
];

export interface Subject {
  name: string;
  firewall: Firewall;
  /** One way after the other to damage what the kernel holds of tsnet. */
  breakages(): (() => void)[];
  /** Changes in place, after which names, numbers and comments are as before. */
  edits(): Edit[];
}

const nftables = new NftablesFirewall();
export const subjects: Subject[] = [
  ...(['nft', 'legacy'] as const).map((variant) => ({
    name: `iptables-${variant}`,
    firewall: new IptablesFirewall({ variant, bridge: nftables }),
    breakages: () => [
      ...iptablesBreakages(`iptables-${variant}`),
      ...iptablesBreakages(`ip6tables-${variant}`),
      ...nftBreakages('bridge'),
    ],
    edits: () => [
      ...iptablesEdits(`iptables-${variant}`),
      ...iptablesEdits(`ip6tables-${variant}`),
      ...nftEdits('bridge'),
    ],
  })),
  {
    name: 'nftables',
    firewall: nftables,
    breakages: () => [...nftBreakages('inet'), ...nftBreakages('bridge')],
    edits: () => [...nftEdits('inet'), ...nftEdits('bridge')],
  },
];

/** All that any of the tools shows, without dates and counters. */
export function ruleset(): string {
  const programs = ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy'];
  const saved = programs.map((program) => output(`${program}-save`));
  return [...saved, output('nft', 'list', 'ruleset')].join('').replace(/^#.*\n|\[\d+:\d+\]/gm, '');
}
