import { execFileSync } from 'node:child_process';
import { enterPrivateHost } from '../private-host';
import { IptablesFirewall } from './iptables';
import type { RuleSet } from './model';
import { NoFirewall } from './none';

enterPrivateHost();

const forward = { protocol: 'tcp', hostPort: 8080, port: 80, masquerade: 'needed' } as const;
const set: RuleSet = {
  role: 'portmap',
  owner: ['net', 'c1', 'eth0'],
  rules: [],
  forwards: [
    { ...forward, family: 'ipv4', address: '10.0.0.2', subnet: '10.0.0.0/24' },
    { ...forward, family: 'ipv6', count: 3, address: 'fd00::2', subnet: 'fd00::/64' },
  ],
};

describe.each(['nft', 'legacy'] as const)('iptables-%s', (variant) => {
  const firewall = new IptablesFirewall({ variant, bridge: new NoFirewall() });
  const saved = () =>
    ['iptables', 'ip6tables']
      .map((program) => execFileSync(`${program}-${variant}-save`, { encoding: 'utf8' }))
      .join('')
      .replace(/^#.*\n/gm, '')
      // a table that holds nothing but empty built-in chains is how iptables leaves one that was looked at
      .replace(/^\*\w+\n(:[A-Z]+ ACCEPT .*\n)+COMMIT\n/gm, '');

  it('ensures, verifies and removes without trace', async () => {
    const before = saved();
    await firewall.ensure(set);
    const once = saved();
    await firewall.ensure(set);
    expect(saved()).toBe(once);
    await firewall.verify(set);
    expect(await firewall.listOwners('portmap', 'net')).toEqual([['net', 'c1', 'eth0']]);
    const other = { ...set, owner: ['net', 'c2', 'eth0'] } as const;
    await expect(firewall.ensure(other)).rejects.toMatchObject({ code: 'EADDRINUSE', owner: 'net/c1/eth0' });
    await firewall.remove([set, other]);
    expect(saved()).toBe(before);
  });
});
