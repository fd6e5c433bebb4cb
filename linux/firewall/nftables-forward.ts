/** Published ports as elements of maps. Pure. */
import { canonicalAddress, networkOf } from '../address/cidr';
import type { PortForward } from './model';
import type { PlannedElement } from './nftables-element';

function digitOf({ family }: PortForward): '4' | '6' {
  return family === 'ipv4' ? '4' : '6';
}

/** A range that keeps its numbers is one element; a shifted one needs an element for each port. */
function portElements(forward: PortForward): PlannedElement[] {
  const { hostPort, port, count = 1, protocol } = forward;
  const address = canonicalAddress(forward.address);
  const hostAddress = forward.hostAddress && canonicalAddress(forward.hostAddress);
  const element = (suffix: string, ports: string, value: string[]) => ({
    set: `dnat${digitOf(forward)}${hostAddress ? '-address' : ''}${suffix}`,
    key: [...(hostAddress ? [hostAddress] : []), protocol, ports],
    value,
  });
  if (count > 1 && port === hostPort)
    return [element('-range', `${hostPort}-${hostPort + count - 1}`, [address])];
  return Array.from({ length: count }, (_, index) =>
    element('', `${hostPort + index}`, [address, `${port + index}`]),
  );
}

const everywhere = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

/** Sources whose connections to the container's published ports are masqueraded; none twice, none within another. */
function masqueradedSources(forwards: readonly PortForward[]): string[] {
  const { family } = forwards[0]!;
  if (forwards.some(({ masquerade }) => masquerade === 'always')) return [everywhere[family]];
  const hairpin = forwards.filter(({ masquerade }) => masquerade === 'needed');
  const loopback = family === 'ipv4' && hairpin.length > 0 ? ['127.0.0.0/8'] : [];
  return [...new Set([...hairpin.map(({ subnet }) => networkOf(subnet)), ...loopback])];
}

/** Masquerade is per container address, not per port. */
function hairpinElements(forwards: readonly PortForward[]): PlannedElement[] {
  const addresses = new Set(forwards.map(({ address }) => canonicalAddress(address)));
  return [...addresses].flatMap((address) => {
    const same = forwards.filter((forward) => canonicalAddress(forward.address) === address);
    return masqueradedSources(same).map((source) => ({
      set: `hairpin${digitOf(same[0]!)}`,
      key: [address, source],
    }));
  });
}

export function planElements(forwards: readonly PortForward[]): PlannedElement[] {
  return [...forwards.flatMap(portElements), ...hairpinElements(forwards)];
}
