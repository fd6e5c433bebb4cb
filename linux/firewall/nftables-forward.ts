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

/** The elements for connections to one address of a container. */
function masqueradeElements(address: string, forwards: readonly PortForward[]): PlannedElement[] {
  const digit = digitOf(forwards[0]!);
  if (forwards.some(({ masquerade }) => masquerade === 'always'))
    return [{ set: `everyone${digit}`, key: [address] }];
  const hairpin = forwards.filter(({ masquerade }) => masquerade === 'needed');
  const subnets = [...new Set(hairpin.map(({ subnet }) => networkOf(subnet)))];
  const local = digit === '4' && hairpin.length > 0 ? [{ set: 'localhost4', key: [address] }] : [];
  return [...subnets.map((subnet) => ({ set: `hairpin${digit}`, key: [address, subnet] })), ...local];
}

/** Masquerade is per container address, not per port. */
function hairpinElements(forwards: readonly PortForward[]): PlannedElement[] {
  const addresses = new Set(forwards.map(({ address }) => canonicalAddress(address)));
  return [...addresses].flatMap((address) =>
    masqueradeElements(
      address,
      forwards.filter((forward) => canonicalAddress(forward.address) === address),
    ),
  );
}

export function planElements(forwards: readonly PortForward[]): PlannedElement[] {
  return [...forwards.flatMap(portElements), ...hairpinElements(forwards)];
}
