/**
 * Go's JSON decoder, which all existing configurations were written for, matches keys case-insensitively, lets the last
 * of several spellings win and takes null as absent. This gives a value the spelling that its schema uses, so that the
 * schema itself can stay exact. Unknown keys keep their spelling and their nulls.
 */
import type { GenericSchema } from 'valibot';
import { quote } from './identifiers';

/** The parts of valibot's schemas that hold other schemas. */
interface SchemaNode {
  type: string;
  entries?: Readonly<Record<string, SchemaNode>>;
  item?: SchemaNode;
  wrapped?: SchemaNode;
  options?: readonly SchemaNode[];
}

/** A value in its schema's spelling, and what is wrong with it that valibot does not see. */
interface Canonical {
  value: unknown;
  /** A list where an object belongs: to valibot a list is an object with odd keys. */
  mistakes: string[];
}

interface Place {
  path: string;
  mistakes: string[];
}

/** The value with canonical keys, recursively; the argument is left as it is. */
export function canonicaliseKeys(schema: GenericSchema, value: unknown): Canonical {
  const mistakes: string[] = [];
  const result = canonicalise(schema as unknown as SchemaNode, value, { path: '', mistakes });
  return { value: result, mistakes };
}

function canonicalise(node: SchemaNode, value: unknown, place: Place): unknown {
  if (node.wrapped) return canonicalise(node.wrapped, value, place);
  if (isAlternatives(node)) return canonicaliseAlternatives(node.options, value, place);
  if (Array.isArray(value)) {
    if (node.entries) place.mistakes.push(`${place.path} ${quote(value)}: expected Object`.trimStart());
    return node.item
      ? value.map((element, index) => canonicalise(node.item!, element, inside(place, index)))
      : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  return node.entries ? canonicaliseObject(node.entries, value, place) : value;
}

/** Unions, variants and intersections; a picklist's options are plain values. */
function isAlternatives(node: SchemaNode): node is SchemaNode & { options: readonly SchemaNode[] } {
  return node.options?.every((option) => typeof option === 'object' && option !== null) ?? false;
}

/** What suits one alternative need not suit the others, so none of them complains. */
function canonicaliseAlternatives(options: readonly SchemaNode[], value: unknown, place: Place): unknown {
  return options.reduce((result, option) => canonicalise(option, result, { ...place, mistakes: [] }), value);
}

function canonicaliseObject(
  entries: Readonly<Record<string, SchemaNode>>,
  value: object,
  place: Place,
): object {
  const spelling = new Map(Object.keys(entries).map((key) => [key.toLowerCase(), key]));
  const result = new Map<string, unknown>();
  for (const [key, element] of Object.entries(value)) {
    const known = spelling.get(key.toLowerCase());
    if (known === undefined) result.set(key, element);
    else if (element !== null)
      result.set(known, canonicalise(entries[known]!, element, inside(place, known)));
  }
  return Object.fromEntries(result);
}

function inside({ path, mistakes }: Place, key: string | number): Place {
  return { path: path === '' ? String(key) : `${path}.${key}`, mistakes };
}
