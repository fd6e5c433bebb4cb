import type { PortTakenError } from './model';
import type { HostPorts } from './taken-ports';

/** What was asked for: `tcp 127.0.0.1:8080`, `udp [::]:5000-5009`. */
function describePorts({ family, protocol, address: bound, first, last }: HostPorts): string {
  const any = family === 'ipv4' ? '0.0.0.0' : '::';
  const address = bound?.replace(/\/(32|128)$/, '') ?? any;
  const ports = first === last ? `${first}` : `${first}-${last}`;
  return `${protocol} ${address.includes(':') ? `[${address}]` : address}:${ports}`;
}

class PortTaken extends Error implements PortTakenError {
  override readonly name = 'PortTakenError';
  readonly code = 'EADDRINUSE';
  readonly owner: string;

  constructor(claim: HostPorts, owner: string) {
    super(`publish ${describePorts(claim)}: port is taken by "${owner}"`);
    this.owner = owner;
  }
}

export function portTakenError(claim: HostPorts, owner: string): PortTakenError {
  return new PortTaken(claim, owner);
}
