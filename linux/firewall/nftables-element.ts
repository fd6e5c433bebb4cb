/** Elements of our sets and maps, and whose they are. Pure. */
import type { Element } from '../nftables/model';

export interface PlannedElement {
  /** Name of the set or map. */
  set: string;
  key: readonly string[];
  value?: readonly string[];
}

export function sameKey(one: PlannedElement, other: PlannedElement): boolean {
  return one.set === other.set && one.key.join() === other.key.join();
}

export function sameElement(one: PlannedElement, other: PlannedElement): boolean {
  return sameKey(one, other) && one.value?.join() === other.value?.join();
}

/** The record chain that an element's comment names. */
export function recordOfElement({ comment }: Element): string | undefined {
  return comment?.split(' ')[0];
}

/** Those elements of which the other list has no equal. */
export function without(
  elements: readonly PlannedElement[],
  others: readonly PlannedElement[],
): PlannedElement[] {
  if (others.length === 0) return [...elements];
  const keys = new Set(others.map(textOf));
  return elements.filter((element) => !keys.has(textOf(element)));
}

function textOf({ set, key, value }: PlannedElement): string {
  return JSON.stringify([set, key, value]);
}

/** Names of sets with the elements in each. */
export function bySet(elements: readonly PlannedElement[]): Map<string, PlannedElement[]> {
  const groups = new Map<string, PlannedElement[]>();
  for (const element of elements) {
    const group = groups.get(element.set);
    if (group) group.push(element);
    else groups.set(element.set, [element]);
  }
  return groups;
}
