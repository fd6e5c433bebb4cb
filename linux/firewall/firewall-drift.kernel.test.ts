/** All backends notice what was changed by hand, mend it, and remove what is left of it. */
import { enterPrivateHost } from '../private-host';
import { everything, ruleset, subjects } from './contract-subjects';
import type { RuleSet } from './model';

enterPrivateHost();

describe.each(subjects)('$name', ({ firewall, breakages, edits }) => {
  let before: string;

  beforeAll(async () => {
    // iptables sets up its built-in tables at first use, for good
    for (const set of everything) await firewall.ensure(set);
    await firewall.remove(everything);
    before = ruleset();
  });
  beforeEach(async () => {
    for (const set of everything) await firewall.ensure(set);
  });
  afterEach(async () => {
    await firewall.remove(everything);
    expect(ruleset()).toBe(before);
  });

  /** Sets in which `verify` finds a difference. */
  async function listDrifted(): Promise<RuleSet[]> {
    const verified = await Promise.allSettled(everything.map((set) => firewall.verify(set)));
    return everything.filter((_, at) => {
      const outcome = verified[at]!;
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'EDRIFT' });
      return outcome.status === 'rejected';
    });
  }

  it('notices whatever is broken by hand, and mends it', async () => {
    const changes = breakages();
    expect(changes.length).toBeGreaterThan(20);
    for (const breakOne of changes) {
      breakOne();
      const drifted = await listDrifted();
      expect(drifted).not.toEqual([]);
      for (const set of drifted) await firewall.ensure(set);
    }
    expect(await listDrifted()).toEqual([]);
  }, 240_000);

  /** The first set in which `verify` finds a difference. */
  async function findDrifted(): Promise<RuleSet | undefined> {
    for (const set of everything) {
      const [outcome] = await Promise.allSettled([firewall.verify(set)]);
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toMatchObject({ code: 'EDRIFT' });
      return set;
    }
    return undefined;
  }

  it('notices what is edited in place', async () => {
    const changes = edits();
    expect(changes.length).toBeGreaterThan(3);
    for (const { what, apply, revert } of changes) {
      apply();
      const drifted = await findDrifted();
      expect([what, drifted]).not.toEqual([what, undefined]);
      if (revert) revert();
      else await firewall.ensure(drifted!);
    }
    expect(await listDrifted()).toEqual([]);
  }, 240_000);

  it('removes what is left when parts are gone', async () => {
    const changes = breakages();
    for (let index = 0; index < changes.length; index += 9) {
      changes[index]!();
      await firewall.remove(everything);
      expect(ruleset()).toBe(before);
      for (const set of everything) await firewall.ensure(set);
    }
  }, 240_000);
});
