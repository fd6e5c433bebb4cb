/** All backends keep and remove what an owner has, and touch nothing else. */
import { enterPrivateHost } from '../private-host';
import { everything, forward, guard, masquerade, portmap, ruleset, subjects } from './contract-subjects';
import type { RuleSet } from './model';

enterPrivateHost();

describe.each(subjects)('$name', ({ firewall }) => {
  const made: RuleSet[] = [];
  let before: string;

  async function ensure(...sets: RuleSet[]): Promise<void> {
    made.push(...sets);
    for (const set of sets) await firewall.ensure(set);
  }

  beforeAll(async () => {
    // iptables sets up its built-in tables at first use, for good
    for (const set of everything) await firewall.ensure(set);
    await firewall.remove(everything);
    before = ruleset();
  });
  afterEach(async () => {
    await firewall.remove(made.splice(0));
    expect(ruleset()).toBe(before);
  });

  it.each([
    ['the same port', {}, {}],
    ['any address and one address', {}, { hostAddress: '127.0.0.1' }],
    ['one address and any address', { hostAddress: '192.0.2.1' }, { hostAddress: '0.0.0.0' }],
    ['a port within a range', { hostPort: 8000, count: 100 }, { hostPort: 8099 }],
    ['a range around a port', { hostPort: 8050 }, { hostPort: 8000, port: 8000, count: 100 }],
  ])('refuses a taken port and changes nothing: %s', async (_, first, second) => {
    await ensure(portmap([forward('ipv4', first)]));
    const held = ruleset();
    const other = portmap([forward('ipv4', second)], ['net', 'c2', 'eth0']);
    await expect(firewall.ensure(other)).rejects.toMatchObject({ code: 'EADDRINUSE', owner: 'net/c1/eth0' });
    expect(ruleset()).toBe(held);
  });

  it('is idempotent, also after other contents', async () => {
    for (const set of everything)
      await firewall.ensure({ ...set, rules: set.rules.slice(0, 1), forwards: [] });
    await ensure(...everything);
    for (const set of everything) await firewall.verify(set);
    const once = ruleset().replace(/handle \d+/g, '');
    await ensure(...everything);
    expect(ruleset()).toBe(once);
  });

  it('leaves other owners alone, and lists them', async () => {
    await ensure(portmap([forward('ipv4', {})]), masquerade, guard);
    await ensure(portmap([forward('ipv6', {})], ['net', 'c2', 'eth0']));
    await ensure({ ...masquerade, owner: ['other', '10.1.0.0/24'] });
    const held = ruleset();
    await ensure(portmap([forward('ipv4', { hostPort: 1, address: '10.1.0.9' })], ['net', 'c1', 'eth1']));
    const owners = await firewall.listOwners('portmap', 'net');
    expect(owners.map(([, id, name]) => `${id} ${name}`).sort()).toEqual(['c1 eth0', 'c1 eth1', 'c2 eth0']);
    expect(await firewall.listOwners('masquerade', 'net')).toEqual([['net']]);
    expect(await firewall.listOwners('masquerade', 'other')).toEqual([['other', '10.1.0.0/24']]);
    expect(await firewall.listOwners('macspoofchk', 'net')).toEqual([['net', 'c2', 'eth0']]);
    await firewall.remove([portmap([], ['net', 'c1', 'eth1']), portmap([], ['net', 'nobody', 'eth0'])]);
    expect(ruleset()).toBe(held);
  });

  it('keeps hostile owners apart, and gives them back', async () => {
    const owners: RuleSet['owner'][] = [
      ['a', 'bc', 'eth0'],
      ['ab', 'c', 'eth0'],
      ['a/bc', 'eth0'],
      ['a" -j ACCEPT\nCOMMIT\n*filter\n:FORWARD DROP', '$(x)`y`\\"}; flush ruleset', 'é\u0001%2f'],
      ['x'.repeat(300), 'y'.repeat(500), 'eth0'],
    ];
    const sets = owners.map((owner, index) =>
      portmap([forward('ipv4', { hostPort: 100 + index, address: `10.1.0.${index + 10}` })], owner),
    );
    await ensure(...sets);
    for (const set of sets) await firewall.verify(set);
    for (const owner of owners) expect(await firewall.listOwners('portmap', owner[0])).toContainEqual(owner);
  });

  it('serves 8 at once', async () => {
    const sets = Array.from({ length: 8 }, (_, index) =>
      portmap(
        [forward('ipv4', { hostPort: 100, hostAddress: `127.0.0.${index}`, address: `10.1.0.${index}` })],
        ['net', `c${index}`, 'eth0'],
      ),
    );
    made.push(...sets);
    await Promise.all(sets.map((set) => firewall.ensure(set)));
    for (const set of sets) await firewall.verify(set);
    await Promise.all(sets.map((set) => firewall.remove([set])));
    expect(ruleset()).toBe(before);
  });

  it('works here', () => expect(firewall.status()).resolves.toBeUndefined());
});
