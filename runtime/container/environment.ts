/** `-e`, as `docker run` takes it. */

/** `NAME=value`; a name alone takes the caller's value, or nothing when it has none. @throws Error */
export function parseEnv(entry: string): string[] {
  if (entry.startsWith('=') || entry === '')
    throw new Error(`set environment ${JSON.stringify(entry)}: expected NAME=value`);
  if (entry.includes('=')) return [entry];
  const value = process.env[entry];
  return value === undefined ? [] : [`${entry}=${value}`];
}

/** The last one of a name wins. */
export function mergeEnv(...lists: (readonly string[])[]): string[] {
  const merged = new Map(lists.flat().map((entry) => [entry.slice(0, entry.indexOf('=')), entry]));
  return [...merged.values()];
}
