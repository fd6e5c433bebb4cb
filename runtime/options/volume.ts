/** `-v source:destination[:ro|rw]`, as `docker run` takes it. */
import { posix } from 'node:path';

/** A host path shown inside a container. Both are absolute and normal. */
export interface Volume {
  source: string;
  destination: string;
  readonly: boolean;
}

function refuse(text: string, why: string): never {
  throw new Error(`mount volume ${JSON.stringify(text)}: ${why}`);
}

/** Docker takes a source without slash for the name of a volume that it manages. */
function requireHostPath(text: string, source: string): void {
  if (!source.includes('/'))
    refuse(text, `named volumes are not supported, expected a host path: "/${source}"?`);
  if (!posix.isAbsolute(source)) refuse(text, `${JSON.stringify(source)} is not an absolute path`);
}

/** @throws Error naming the value and what was expected */
export function parseVolume(text: string): Volume {
  const [source = '', destination = '', mode = 'rw', ...rest] = text.split(':');
  if (destination === '' || source === '' || rest.length > 0 || (mode !== 'ro' && mode !== 'rw'))
    refuse(text, 'expected source:destination[:ro|rw]');
  requireHostPath(text, source);
  if (!posix.isAbsolute(destination)) refuse(text, `${JSON.stringify(destination)} is not an absolute path`);
  const target = posix.normalize(destination).replace(/(.)\/$/, '$1');
  if (target === '/') refuse(text, 'the destination may not be "/"');
  return { source: posix.normalize(source), destination: target, readonly: mode === 'ro' };
}
