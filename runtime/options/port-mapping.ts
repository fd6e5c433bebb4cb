/** `-p [ip:]hostPort[-end]:containerPort[-end][/proto]`, as `docker run` takes it. */

import { isIP } from 'node:net';

/** One entry of the CNI capability `portMappings`. */
export interface PortMapping {
  hostPort: number;
  containerPort: number;
  protocol: 'tcp' | 'udp' | 'sctp';
  hostIP?: string;
}

const pattern = /^(?:(\[[0-9a-fA-F:.%]+\]|[0-9.]+):)?(\d+)(?:-(\d+))?:(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/;
const expected = 'expected [ip:]hostPort[-end]:containerPort[-end][/tcp|udp|sctp]';

function refuse(text: string, why: string): never {
  throw new Error(`publish ${JSON.stringify(text)}: ${why}`);
}

function range(text: string, first: string, last: string | undefined): number[] {
  const [from, to] = [Number(first), Number(last ?? first)];
  if (from < 1 || to > 65535 || to < from) refuse(text, `port range "${from}-${to}" is not within 1-65535`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function address(text: string, ip: string): string {
  const bare = ip.replaceAll(/[[\]]/g, '');
  return isIP(bare) ? bare : refuse(text, `"${bare}" is not an IP address`);
}

/** One mapping for each port of the range. @throws Error naming the value and what was expected */
export function parsePortMapping(text: string): PortMapping[] {
  const [, ip, hostFirst, hostLast, first, last, protocol = 'tcp'] =
    pattern.exec(text) ?? refuse(text, expected);
  const hostPorts = range(text, hostFirst!, hostLast);
  const containerPorts = range(text, first!, last);
  if (hostPorts.length !== containerPorts.length) refuse(text, 'the two port ranges differ in length');
  return hostPorts.map((hostPort, i) => ({
    hostPort,
    containerPort: containerPorts[i]!,
    protocol: protocol as PortMapping['protocol'],
    ...(ip === undefined ? {} : { hostIP: address(text, ip) }),
  }));
}
