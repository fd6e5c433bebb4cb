/** Guards on bridge ports as elements of sets. Pure. */
import type { Rule } from './model';
import type { PlannedElement } from './nftables-element';
import { isNegated, plainOf } from './validate';

/** The port and source address of a rule that drops all frames of the port but those from that address. */
function guardOf({ match, action }: Rule): { port: string; mac: string } | undefined {
  const { inInterface, sourceMac, ...rest } = match;
  const drops = 'verdict' in action && action.verdict === 'drop';
  if (!drops || Object.keys(rest).length > 0 || inInterface === undefined || sourceMac === undefined)
    return undefined;
  if (isNegated(inInterface) || !isNegated(sourceMac)) return undefined;
  return { port: plainOf(inInterface), mac: plainOf(sourceMac).toLowerCase() };
}

/** The elements that do what the rule does; undefined when it has to be a rule. */
export function planGuard(rule: Rule): PlannedElement[] | undefined {
  const guard = guardOf(rule);
  if (!guard) return undefined;
  return [
    { set: 'guarded', key: [guard.port] },
    { set: 'sources', key: [guard.port, guard.mac] },
  ];
}
