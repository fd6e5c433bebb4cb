/** One range of addresses to allocate from, with everything left out of the configuration filled in. */
import { type Cidr, cidrText, covers, type Ip, ipText, lastOf, networkOf, parseCidr, parseIp } from './ip';

/** As the configuration has it. An empty string is an absent key, as in Go. */
export interface RangeConf {
  subnet?: string | undefined;
  rangeStart?: string | undefined;
  rangeEnd?: string | undefined;
  gateway?: string | undefined;
}

export interface AddressRange {
  subnet: Cidr;
  /** First and last address that may be allocated, both inclusive; never the network or the IPv4 broadcast address. */
  start: bigint;
  end: bigint;
  gateway: Ip;
}

/** @throws Error naming the value and what is wrong with it */
export function canonicalRange(conf: RangeConf): AddressRange {
  const subnet = parseCidr(conf.subnet ?? '');
  if (!subnet) throw new Error(`invalid CIDR address: ${conf.subnet ?? ''}`);
  verifySubnet(subnet);
  const first = subnet.ip.value + 1n;
  const last = lastOf(subnet).value - (subnet.ip.family === 4 ? 1n : 0n);
  const start = boundary('RangeStart', conf.rangeStart, subnet) ?? first;
  const end = boundary('RangeEnd', conf.rangeEnd, subnet) ?? last;
  if (start > end)
    throw new Error(
      `RangeStart ${printed(start, subnet)} not in network ${cidrText(subnet)}: it is after RangeEnd ${printed(end, subnet)}`,
    );
  const range = {
    subnet,
    start: start < first ? first : start,
    end: end > last ? last : end,
    gateway: gatewayOf(conf.gateway, subnet),
  };
  if (range.start > range.end)
    throw new Error(`range ${conf.rangeStart}-${conf.rangeEnd} has no usable address`);
  return range;
}

function verifySubnet(subnet: Cidr): void {
  const bits = subnet.ip.family === 4 ? 32 : 128;
  if (subnet.prefix > bits - 2) throw new Error(`Network ${cidrText(subnet)} too small to allocate from`);
  const network = networkOf(subnet);
  if (network.value !== subnet.ip.value)
    throw new Error(
      `Network has host bits set. For a subnet mask of length ${subnet.prefix} the network address is ${ipText(network)}`,
    );
}

function boundary(key: string, text: string | undefined, subnet: Cidr): bigint | undefined {
  const ip = addressOf(text);
  if (ip && !covers(subnet, ip)) throw new Error(`${key} ${ipText(ip)} not in network ${cidrText(subnet)}`);
  return ip?.value;
}

/** A router may stand outside the subnet: a link-local address, or one that a route of link scope leads to. */
function gatewayOf(text: string | undefined, subnet: Cidr): Ip {
  const gateway = addressOf(text);
  if (!gateway) return { family: subnet.ip.family, value: subnet.ip.value + 1n };
  if (gateway.family !== subnet.ip.family)
    throw new Error(`gateway ${ipText(gateway)} not in network ${cidrText(subnet)}`);
  return gateway;
}

function addressOf(text: string | undefined): Ip | undefined {
  if (!text) return undefined;
  const ip = parseIp(text);
  if (!ip) throw new Error(`invalid IP address: ${text}`);
  return ip;
}

const printed = (value: bigint, subnet: Cidr) => ipText({ family: subnet.ip.family, value });

export const rangeText = ({ subnet, start, end }: AddressRange) =>
  `${printed(start, subnet)}-${printed(end, subnet)}`;

export function rangeContains(range: AddressRange, ip: Ip): boolean {
  return ip.family === range.subnet.ip.family && ip.value >= range.start && ip.value <= range.end;
}

export function rangesOverlap(one: AddressRange, other: AddressRange): boolean {
  return one.subnet.ip.family === other.subnet.ip.family && one.start <= other.end && other.start <= one.end;
}
