/** Validation against a schema, with every mistake in one error. */
import { type BaseIssue, type GenericSchema, getDotPath, type InferOutput, safeParse } from 'valibot';
import { canonicaliseKeys } from './canonical-keys';
import { CniError, ErrorCode } from './errors';
import { quote } from './identifiers';

const maxListed = 20;

/**
 * Parses `value`; keys match as Go's decoder matches them.
 * @param subject what the value is, for the message: `network config`
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
  throw new CniError(ErrorCode.invalidConfig, `parse ${subject}: ${listed.join('; ')}`);
}

/** `mtu "x": expected number`, or the schema's own words. */
function describe(issue: BaseIssue<unknown>): string {
  const path = getDotPath(issue);
  if (issue.kind === 'schema' && issue.received === 'undefined') return `missing ${path}`;
  const place = path === null ? quote(issue.input) : `${path} ${quote(issue.input)}`;
  const isDefault = issue.message.startsWith('Invalid ') && issue.message.includes(': Expected ');
  return `${place}: ${isDefault ? `expected ${issue.expected}` : issue.message}`;
}
