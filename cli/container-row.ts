/** How a container looks in `tsnet ps`: Docker's columns and wording. */
import type { PortMapping } from '../runtime/options/port-mapping';
import type { ContainerRecord, ContainerState } from '../runtime/store/container-record';

const units: [name: string, seconds: number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `3 minutes`; at least one second. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(1, Math.floor(milliseconds / 1000));
  const [name, length] = units.find(([, unit]) => seconds >= unit)!;
  const count = Math.floor(seconds / length);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

export function formatStatus(record: ContainerRecord, state: ContainerState, now: Date): string {
  const since = (time: string) => formatDuration(now.getTime() - new Date(time).getTime());
  if (state.status === 'running') return `Up ${since(record.started ?? record.created)}`;
  if (state.status === 'exited') return `Exited (${state.exitCode}) ${since(state.finished)} ago`;
  return state.status === 'dead' ? 'Dead' : 'Created';
}

export function formatPort({ hostIP, hostPort, containerPort, protocol }: PortMapping): string {
  const address = hostIP?.includes(':') ? `[${hostIP}]` : (hostIP ?? '0.0.0.0');
  return `${address}:${hostPort}->${containerPort}/${protocol}`;
}

const maxCommand = 20;

/** Docker quotes the command and cuts it. */
export function formatCommand(command: readonly string[]): string {
  const text = command.join(' ');
  return `"${text.length > maxCommand ? `${text.slice(0, maxCommand - 1)}…` : text}"`;
}
