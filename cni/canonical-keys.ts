/**
 * Go's JSON decoder, which all existing configurations were written for, matches keys case-insensitively, lets the last
 * of several spellings win and takes null as absent. This gives a value the spelling that its schema uses, so that the
 * schema itself can stay exact. Unknown keys keep their spelling and their nulls.
 */
import type { GenericSchema } from 'valibot';

/** The parts of valibot's schemas that hold other schemas. */
interface SchemaNode {
  type: string;
  entries?: Readonly<Record<string, SchemaNode>>;
  item?: SchemaNode;
  wrapped?: SchemaNode;
  options?: readonly SchemaNode[];
}

/** The value with canonical keys, recursively; the argument is left as it is. */
export function canonicaliseKeys(schema: GenericSchema, value: unknown): unknown {
  return canonicalise(schema as unknown as SchemaNode, value);
}

function canonicalise(node: SchemaNode, value: unknown): unknown {
  if (node.wrapped) return canonicalise(node.wrapped, value);
  if (isAlternatives(node))
    return node.options.reduce((result, option) => canonicalise(option, result), value);
  if (Array.isArray(value))
    return node.item ? value.map((element) => canonicalise(node.item!, element)) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (node.entries) return canonicaliseObject(node.entries, value);
  return value;
}

/** Unions, variants and intersections; a picklist's options are plain values. */
function isAlternatives(node: SchemaNode): node is SchemaNode & { options: readonly SchemaNode[] } {
  return node.options?.every((option) => typeof option === 'object' && option !== null) ?? false;
}

function canonicaliseObject(entries: Readonly<Record<string, SchemaNode>>, value: object): object {
  const spelling = new Map(Object.keys(entries).map((key) => [key.toLowerCase(), key]));
  const result = new Map<string, unknown>();
  for (const [key, element] of Object.entries(value)) {
    const known = spelling.get(key.toLowerCase());
    if (known === undefined) result.set(key, element);
    else if (element !== null) result.set(known, canonicalise(entries[known]!, element));
  }
  return Object.fromEntries(result);
}
