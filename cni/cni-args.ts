/** CNI_ARGS: `K=V;K2=V2`, case-sensitive. */
import { CniError, ErrorCode } from './errors';
import { quote } from './identifiers';

const booleans = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
]);

/**
 * Reads CNI_ARGS. A key that is not `known` is an error, unless `IgnoreUnknown` is true somewhere among the pairs.
 * @throws CniError 4
 */
export function parseCniArgs(text: string, known: readonly string[]): Map<string, string> {
  const pairs = new Map<string, string>();
  if (text === '') return pairs;
  for (const pair of text.split(';')) {
    const [key = '', value, ...rest] = pair.split('=');
    if (value === undefined || rest.length > 0) throw invalid(`invalid pair ${quote(pair)}`);
    pairs.set(key, value);
  }
  const ignoreUnknown = takeIgnoreUnknown(pairs);
  const unknown = [...pairs].filter(([key]) => !known.includes(key));
  if (unknown.length > 0 && !ignoreUnknown)
    throw invalid(`unknown args [${unknown.map(([key, value]) => quote(`${key}=${value}`)).join(' ')}]`);
  for (const [key] of unknown) pairs.delete(key);
  return pairs;
}

/** CNI_ARGS without the pairs of some keys; everything else stays as it was written. */
export function removeCniArgs(text: string, keys: readonly string[]): string {
  const kept = text.split(';').filter((pair) => !keys.includes(pair.split('=')[0]!));
  return kept.join(';');
}

function takeIgnoreUnknown(pairs: Map<string, string>): boolean {
  const value = pairs.get('IgnoreUnknown');
  if (value === undefined) return false;
  const flag = booleans.get(value.toLowerCase());
  if (flag === undefined)
    throw invalid(
      `error parsing value of pair ${quote(`IgnoreUnknown=${value}`)}: boolean unmarshal error: invalid input ${value.slice(0, 64)}`,
    );
  pairs.delete('IgnoreUnknown');
  return flag;
}

function invalid(cause: string): CniError {
  return new CniError(ErrorCode.invalidEnvironment, `ARGS: ${cause}`, 'CNI_ARGS');
}
