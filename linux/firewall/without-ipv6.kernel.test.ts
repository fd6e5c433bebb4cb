/** Hosts without IPv6: what is for IPv4 works, what is for IPv6 says why it does not. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { enterPrivateHost } from '../private-host';
import { both, forward, internal, portmap, subjects } from './contract-subjects';
import { IptablesFirewall } from './iptables';
import type { Firewall, RuleSet } from './model';
import { NoFirewall } from './none';

enterPrivateHost();

const masquerade: RuleSet = {
  role: 'masquerade',
  owner: ['net', '10.1.0.0/24'],
  rules: [{ hook: 'nat-postrouting', match: { source: '10.1.0.0/24' }, action: { masquerade: true } }],
};

async function keepsIpv4(firewall: Firewall): Promise<void> {
  await firewall.status();
  const sets = [masquerade, internal, portmap([forward('ipv4', {})])];
  for (const set of sets) await firewall.ensure(set);
  for (const set of sets) await firewall.verify(set);
  expect(await firewall.listOwners('portmap', 'net')).toEqual([['net', 'c1', 'eth0']]);
  const taken = firewall.ensure(portmap([forward('ipv4', {})], ['net', 'c2', 'eth0']));
  await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await firewall.remove(sets);
  expect(await firewall.listOwners('portmap', 'net')).toEqual([]);
}

describe.each(['nft', 'legacy'])('a PATH with iptables-%s alone', (variant) => {
  const firewall = new IptablesFirewall({ bridge: new NoFirewall() });
  const { PATH } = process.env;
  const saved = () => execFileSync(`/usr/sbin/iptables-${variant}-save`, { encoding: 'utf8' });

  beforeAll(() => {
    process.env.PATH = mkdtempSync('/run/programs-');
    for (const name of ['iptables-save', 'iptables-restore'])
      symlinkSync(`/usr/sbin/xtables-${variant}-multi`, `${process.env.PATH}/${name}`);
  });
  afterAll(() => {
    process.env.PATH = PATH;
  });

  it('keeps rules for IPv4', () => keepsIpv4(firewall));

  it('refuses what needs IPv6, and changes nothing', async () => {
    const before = saved().replace(/^#.*$/gm, '');
    await expect(firewall.ensure(portmap(both({})))).rejects.toMatchObject({
      code: 'EAFNOSUPPORT',
      message: expect.stringMatching(/^filter ipv6 for "tsnet:portmap:net\/c1\/eth0": .*no iptables/),
    });
    expect(saved().replace(/^#.*$/gm, '')).toBe(before);
  });
});

it.each(subjects)('$name keeps rules for IPv4 where IPv6 is disabled', async ({ firewall }) => {
  for (const scope of ['all', 'default']) writeFileSync(`/proc/sys/net/ipv6/conf/${scope}/disable_ipv6`, '1');
  await keepsIpv4(firewall);
});
