import type { RuleSetKey } from './model';
import { readableOwner } from './owner-label';

/** The kernel does not hold what a rule set says. `code` is EDRIFT. */
export class FirewallDriftError extends Error {
  override readonly name = 'FirewallDriftError';
  readonly code = 'EDRIFT';

  constructor(key: RuleSetKey, difference: string) {
    super(`verify firewall ${key.role} of "${readableOwner(key)}": ${difference}`);
  }
}
