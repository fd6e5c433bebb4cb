/** One published port, or a range of them, as runtimes hand it to `portmap` in `runtimeConfig.portMappings`. */
import * as v from 'valibot';
import { isIP } from '../values/ip-version';

const lastPort = 65535;

function portNumber(kind: 'host' | 'container') {
  return v.pipe(
    v.number(
      (issue) => `Invalid ${kind} port number: ${issue.received} (expected a number from 1 to ${lastPort})`,
    ),
    v.check(
      (port) => Number.isInteger(port) && port >= 1 && port <= lastPort,
      (issue) => `Invalid ${kind} port number: ${issue.input} (expected 1 to ${lastPort})`,
    ),
  );
}

/** Absent or empty means tcp, as for every runtime's own option. */
const protocol = v.pipe(
  v.optional(v.string(), ''),
  v.transform((name) => name.toLowerCase() || 'tcp'),
  v.picklist(
    ['tcp', 'udp', 'sctp'],
    (issue) => `invalid protocol ${issue.received}: expected tcp, udp or sctp`,
  ),
);

/** Absent and empty mean every address of both families, `0.0.0.0` and `::` every address of one. */
const hostIP = v.pipe(
  v.optional(v.string(), ''),
  v.transform((address) => address.replace(/^::ffff:(?=\d+\.)/i, '')),
  v.check(
    (address) => address === '' || (isIP(address) !== 0 && !address.includes('%')),
    (issue) => `invalid hostIP "${issue.input}": expected an IPv4 or IPv6 address`,
  ),
);

const range = v.optional(
  v.pipe(
    v.number(),
    v.check(
      (count) => Number.isInteger(count) && count >= 1 && count <= lastPort,
      (issue) => `invalid range ${issue.input}: expected how many consecutive ports, from 1`,
    ),
  ),
  1,
);

/** A first port that is itself out of bounds has been reported already. */
function fits(first: number, range: number): boolean {
  return first > lastPort || first + range - 1 <= lastPort;
}

export const portMapping = v.pipe(
  v.looseObject({
    hostPort: portNumber('host'),
    containerPort: portNumber('container'),
    protocol,
    hostIP,
    /** How many consecutive ports, one to one: an addition to the reference's keys, and the name that Podman uses. */
    range,
  }),
  v.check(
    ({ hostPort, containerPort, range }) => fits(hostPort, range) && fits(containerPort, range),
    (issue) => `invalid range ${issue.input.range}: passes port ${lastPort}`,
  ),
);

export type PortMapping = v.InferOutput<typeof portMapping>;

function familiesOf({ hostIP }: PortMapping): number[] {
  return hostIP === '' ? [4, 6] : [isIP(hostIP)];
}

function isAny({ hostIP }: PortMapping): boolean {
  return ['', '0.0.0.0'].includes(hostIP) || /^[0:]+$/.test(hostIP);
}

/** Whether two mappings claim a host port in common, by the rule of bind(2): any address covers each single one. */
export function overlap(one: PortMapping, other: PortMapping): boolean {
  const ports = one.hostPort < other.hostPort + other.range && other.hostPort < one.hostPort + one.range;
  const families = familiesOf(one).some((family) => familiesOf(other).includes(family));
  const addresses = isAny(one) || isAny(other) || one.hostIP === other.hostIP;
  return one.protocol === other.protocol && ports && families && addresses;
}

/** `hostIP:hostPort[-last]/protocol`, for messages. */
export function describeHostSide({ hostIP, hostPort, range, protocol }: PortMapping): string {
  const address = hostIP.includes(':') ? `[${hostIP}]:` : hostIP && `${hostIP}:`;
  const last = range > 1 ? `-${hostPort + range - 1}` : '';
  return `${address}${hostPort}${last}/${protocol}`;
}
