/** Published ports as elements of maps. Pure. */
import { canonicalAddress, networkOf } from '../address/cidr';
import type { PortForward } from './model';
import type { PlannedElement } from './nftables-element';

function digitOf({ family }: PortForward): '4' | '6' {
  return family === 'ipv4' ? '4' : '6';
}

/** A range that keeps its numbers is one element; a shifted one needs an element for each port. */
function portElements(forward: PortForward): PlannedElement[] {
  const { hostPort, port, count = 1, protocol, address, hostAddress } = forward;
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

/** The elements for connections to one address of a container. */
function masqueradeElements(address: string, forwards: readonly PortForward[]): PlannedElement[] {
  const digit = digitOf(forwards[0]!);
  if (forwards.some(({ masquerade }) => masquerade === 'always'))
    return [{ set: `everyone${digit}`, key: [address] }];
  const hairpin = forwards.filter(({ masquerade }) => masquerade === 'needed');
  const subnets = [...new Set(hairpin.map(({ subnet }) => subnet))];
  const local = digit === '4' && hairpin.length > 0 ? [{ set: 'localhost4', key: [address] }] : [];
  return [...subnets.map((subnet) => ({ set: `hairpin${digit}`, key: [address, subnet] })), ...local];
}

/** Masquerade is per container address, not per port. */
function hairpinElements(forwards: readonly PortForward[]): PlannedElement[] {
  const byAddress = new Map<string, PortForward[]>();
  for (const forward of forwards) {
    const group = byAddress.get(forward.address);
    if (group) group.push(forward);
    else byAddress.set(forward.address, [forward]);
  }
  return [...byAddress].flatMap(([address, group]) => masqueradeElements(address, group));
}

/** `read`, which is asked once for each text. */
function once(read: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text) ?? read(text);
    known.set(text, found);
    return found;
  };
}

function inCanonicalText(forwards: readonly PortForward[]): PortForward[] {
  const [address, network] = [once(canonicalAddress), once(networkOf)];
  return forwards.map((forward) => ({
    ...forward,
    address: address(forward.address),
    subnet: network(forward.subnet),
    ...(forward.hostAddress ? { hostAddress: address(forward.hostAddress) } : {}),
  }));
}

export function planElements(given: readonly PortForward[]): PlannedElement[] {
  const forwards = inCanonicalText(given);
  return [...forwards.flatMap(portElements), ...hairpinElements(forwards)];
}
