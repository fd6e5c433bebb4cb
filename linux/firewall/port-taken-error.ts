import type { PortForward, PortTakenError } from './model';

/** What was asked for: `tcp 127.0.0.1:8080`, `udp [::]:5000-5009`. */
export function describeForward(forward: PortForward): string {
  const any = forward.family === 'ipv4' ? '0.0.0.0' : '::';
  const address = forward.hostAddress ?? any;
  const last = forward.hostPort + (forward.count ?? 1) - 1;
  const ports = last === forward.hostPort ? `${last}` : `${forward.hostPort}-${last}`;
  return `${forward.protocol} ${address.includes(':') ? `[${address}]` : address}:${ports}`;
}

class PortTaken extends Error implements PortTakenError {
  override readonly name = 'PortTakenError';
  readonly code = 'EADDRINUSE';
  readonly owner: string;

  constructor(forward: PortForward, owner: string) {
    super(`publish ${describeForward(forward)}: port is taken by "${owner}"`);
    this.owner = owner;
  }
}

export function portTakenError(forward: PortForward, owner: string): PortTakenError {
  return new PortTaken(forward, owner);
}
