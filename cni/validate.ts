/** Validation against a schema, with every mistake in one error. */
import { type BaseIssue, type GenericSchema, getDotPath, type InferOutput, safeParse } from 'valibot';
import { canonicaliseKeys } from './canonical-keys';
import { CniError, ErrorCode } from './errors';
import { quote } from './identifiers';

const maxListed = 20;

/**
 * Parses `value`; keys match as Go's decoder matches them.
 * @param subject what the value is, for the message: `config`
 * @throws CniError 7 naming key, value and expectation of every mistake
 */
export function validate<Schema extends GenericSchema>(
  schema: Schema,
  value: unknown,
  subject: string,
): InferOutput<Schema> {
  const canonical = canonicaliseKeys(schema, value);
  const parsed = safeParse(schema, canonical.value);
  const issues = parsed.issues ?? [];
  if (parsed.success && canonical.mistakes.length === 0) return parsed.output;
  const more = canonical.mistakes.length + issues.length - maxListed;
  const listed = [...canonical.mistakes, ...issues.slice(0, maxListed).map(describe)].slice(0, maxListed);
  if (more > 0) listed.push(`and ${more} more`);
  throw new CniError(ErrorCode.invalidConfig, `failed to parse ${subject}: ${listed.join('; ')}`);
}

/**
 * `mtu "x": expected number`. A schema's own words come first and unbroken, as other tools look for those of the
 * reference plugins: `invalid VLAN ID 5000 (vlan)`.
 */
function describe(issue: BaseIssue<unknown>): string {
  const path = getDotPath(issue);
  if (issue.kind === 'schema' && issue.received === 'undefined') return `missing ${path}`;
  const isDefault = issue.message.startsWith('Invalid ') && issue.message.includes(': Expected ');
  const message = isDefault ? `expected ${issue.expected}` : issue.message;
  if (message.startsWith('expected ')) return `${path ?? ''} ${quote(issue.input)}: ${message}`.trimStart();
  return path === null ? message : `${message} (${placeOf(issue, path)})`;
}

/** The key, with its value where the message does not tell it. */
function placeOf({ input, message }: BaseIssue<unknown>, path: string): string {
  const isTold = typeof input === 'object' || message.includes(String(input));
  return isTold ? path : `${path} ${quote(input)}`;
}
