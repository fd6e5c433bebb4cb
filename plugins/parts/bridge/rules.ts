/** The firewall rules of a bridge network, as data. Pure: linux/firewall/ brings the kernel to them. */
import { type Family, familyOf, networkOf } from '../../../linux/address/cidr';
import type { RuleSet } from '../../../linux/firewall/model';
import type { AttachmentKey } from '../ownership';

const multicast: Record<Family, string> = { ipv4: '224.0.0.0/4', ipv6: 'ff00::/8' };

/**
 * Masquerade: one rule set per subnet of a network, whatever the number of containers. Traffic that leaves by the bridge
 * itself, and multicast, keep their source.
 * @param device the interface that carries the gateway: the bridge, or its VLAN's gateway interface
 * @param addresses CIDRs of the container's addresses
 */
export function masquerade(network: string, device: string, addresses: string[]): RuleSet[] {
  const subnets = [...new Set(addresses.map(networkOf))];
  return subnets.map((subnet) => {
    const family = familyOf(subnet);
    return {
      role: 'masquerade',
      owner: [network, subnet],
      rules: [
        {
          hook: 'nat-postrouting',
          family,
          match: { source: subnet, destination: multicast[family] },
          action: { verdict: 'return' },
        },
        {
          hook: 'nat-postrouting',
          family,
          match: { source: subnet, outInterface: { not: device } },
          action: { masquerade: true },
        },
      ],
    };
  });
}

export interface Policy {
  /** False: containers of the bridge may not speak with each other. */
  icc: boolean;
  /** True: nothing is forwarded between the bridge and other interfaces. */
  internal: boolean;
}

/**
 * Docker's `internal` and `enable_icc`; undefined when the network has no policy. Traffic with the host itself is not
 * forwarded and stays possible. Frames between two ports never reach these rules: isolated ports stop them; the rule of
 * `icc` stops what a container sends to its neighbour by way of the gateway.
 */
export function policy(network: string, device: string, { icc, internal }: Policy): RuleSet | undefined {
  const drop = { verdict: 'drop' } as const;
  const rules: RuleSet['rules'] = [
    ...(icc
      ? []
      : [
          {
            hook: 'filter-forward',
            match: { inInterface: device, outInterface: device },
            action: drop,
          } as const,
        ]),
    ...(internal
      ? ([
          {
            hook: 'filter-forward',
            match: { inInterface: device, outInterface: { not: device } },
            action: drop,
          },
          {
            hook: 'filter-forward',
            match: { inInterface: { not: device }, outInterface: device },
            action: drop,
          },
        ] as const)
      : []),
  ];
  return rules.length === 0 ? undefined : { role: 'policy', owner: [network], rules };
}

/** Frames that enter by this port with another source address than the container's are dropped. */
export function macspoofchk(attachment: AttachmentKey, port: string, mac: string): RuleSet {
  return {
    role: 'macspoofchk',
    owner: [attachment.network, attachment.containerId, attachment.ifName],
    rules: [
      {
        hook: 'bridge-prerouting',
        match: { inInterface: port, sourceMac: { not: mac } },
        action: { verdict: 'drop' },
      },
    ],
  };
}
