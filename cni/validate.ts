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
  const parsed = safeParse(schema, canonicaliseKeys(schema, value));
  if (parsed.success) return parsed.output;
  const mistakes = parsed.issues.slice(0, maxListed).map(describe);
  const more = parsed.issues.length - mistakes.length;
  if (more > 0) mistakes.push(`and ${more} more`);
  throw new CniError(ErrorCode.invalidConfig, `parse ${subject}: ${mistakes.join('; ')}`);
}

/** `mtu "x": expected number`, or the schema's own words. */
function describe(issue: BaseIssue<unknown>): string {
  const path = getDotPath(issue);
  if (issue.kind === 'schema' && issue.received === 'undefined')
    return `missing ${path}: expected ${issue.expected}`;
  const place = path === null ? quote(issue.input) : `${path} ${quote(issue.input)}`;
  const isDefault = issue.message.startsWith('Invalid ') && issue.message.includes(': Expected ');
  return `${place}: ${isDefault ? `expected ${issue.expected}` : issue.message}`;
}
