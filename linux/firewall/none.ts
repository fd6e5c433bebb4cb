/** No firewall: for hosts whose administrator writes the rules, and for networks that need none. */
import { constants } from 'node:os';
import { SyscallError } from '../errors';
import type { Firewall, Owner, RuleSet } from './model';
import { ownerLabel } from './owner-label';
import { requireRuleSet } from './validate';

export class NoFirewall implements Firewall {
  readonly backend = 'none';

  /** @throws SyscallError EOPNOTSUPP when the set publishes ports: silently unreachable ports would be a lie */
  async ensure(set: RuleSet): Promise<void> {
    requireRuleSet(set);
    if ((set.forwards ?? []).length > 0)
      throw new SyscallError(
        `publish ports of "${ownerLabel(set)}"`,
        constants.errno.EOPNOTSUPP,
        'firewall backend is "none"',
      );
  }

  async remove(): Promise<void> {}

  async verify(): Promise<void> {}

  async listOwners(): Promise<Owner[]> {
    return [];
  }

  async status(): Promise<void> {}
}
