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

/** @throws Error naming the value and what was expected */
export function parseVolume(text: string): Volume {
  const [source = '', destination = '', mode = 'rw', ...rest] = text.split(':');
  if (rest.length > 0 || (mode !== 'ro' && mode !== 'rw'))
    refuse(text, 'expected source:destination[:ro|rw]');
  for (const path of [source, destination])
    if (!posix.isAbsolute(path)) refuse(text, `${JSON.stringify(path)} is not an absolute path`);
  const target = posix.normalize(destination).replace(/(.)\/$/, '$1');
  if (target === '/') refuse(text, 'the destination may not be "/"');
  return { source: posix.normalize(source), destination: target, readonly: mode === 'ro' };
}
