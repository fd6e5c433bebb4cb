import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { enterPrivateHost } from '../private-host';
import { listOwnersEverywhere, openFirewall, removeEverywhere } from './detect';
import { IptablesFirewall } from './iptables';
import type { Firewall, RuleSet } from './model';
import { NftablesFirewall } from './nftables';

enterPrivateHost();

const run = (file: string, ...args: string[]) => execFileSync(file, args, { encoding: 'utf8' });
const set: RuleSet = {
  role: 'masquerade',
  owner: ['net'],
  rules: [{ hook: 'nat-postrouting', match: { source: '10.0.0.0/24' }, action: { masquerade: true } }],
};

it('uses what the host uses', async () => {
  run('nft', 'add', 'table', 'inet', 'mine');
  expect((await openFirewall()).backend).toBe('nftables');
  run('iptables-nft', '-A', 'FORWARD', '-j', 'ACCEPT');
  expect((await openFirewall()).backend).toBe('iptables');
  expect((await openFirewall('nftables')).backend).toBe('nftables');
  expect((await openFirewall('none')).backend).toBe('none');
  run('nft', 'flush', 'ruleset');
  expect((await openFirewall()).backend).toBe('nftables');
});

const nativeNat = `table ip nat {
  chain prerouting { type nat hook prerouting priority -100; }
}`;

it.each([
  ['empty chains of iptables', () => run('iptables-nft', '-t', 'nat', '-L'), 'nftables'],
  ['a chain in ip6tables', () => run('ip6tables-nft', '-N', 'MINE'), 'iptables'],
  ['a native table by a name of iptables', () => run('nft', nativeNat), 'nftables'],
  ['a rule of iptables-legacy', () => run('iptables-legacy', '-A', 'FORWARD', '-j', 'ACCEPT'), 'iptables'],
] as const)('%s', async (_, make, backend) => {
  make();
  expect((await openFirewall()).backend).toBe(backend);
  run('nft', 'flush', 'ruleset');
  if (backend === 'iptables') run('iptables-legacy', '-F', 'FORWARD');
});

it('keeps to nftables once it is there', async () => {
  const firewall = await openFirewall();
  await firewall.ensure(set);
  run('iptables-nft', '-L');
  expect((await openFirewall()).backend).toBe('nftables');
  await firewall.remove([set]);
  run('nft', 'flush', 'ruleset');
});

const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
});

const makers: [string, () => Promise<Firewall>][] = [
  ['iptables', () => openFirewall('iptables')],
  ['nftables', () => openFirewall('nftables')],
  [
    'iptables-legacy',
    async () => new IptablesFirewall({ variant: 'legacy', bridge: new NftablesFirewall() }),
  ],
];
const seen = () => run('iptables-nft-save') + run('iptables-legacy-save') + run('nft', 'list', 'ruleset');

it('finds and removes what any backend made, all at once', async () => {
  const guard: RuleSet = {
    role: 'macspoofchk',
    owner: ['net', 'c1', 'eth0'],
    rules: [{ hook: 'bridge-prerouting', match: { inInterface: 'v1' }, action: { verdict: 'drop' } }],
  };
  const owners: RuleSet['owner'][] = [];
  for (const [name, open] of makers) {
    owners.push(['net', name]);
    const firewall = await open();
    for (const made of [set, { ...set, owner: ['net', name] as const }]) await firewall.ensure(made);
  }
  await (await openFirewall('iptables')).ensure(guard);
  const listed = await listOwnersEverywhere('masquerade', 'net');
  expect(listed.map((owner) => owner.join()).sort()).toEqual(['net', ...owners.map(String)].sort());
  expect(await listOwnersEverywhere('macspoofchk', 'net')).toEqual([guard.owner]);

  await removeEverywhere([guard, ...listed.map((owner) => ({ role: 'masquerade', owner }) as const)]);
  expect(seen()).not.toMatch(/tsnet/i);
  expect(await listOwnersEverywhere('masquerade', 'net')).toEqual([]);
});

/** A PATH of these programs alone, under the names given. */
function usePrograms(programs: Record<string, string>): void {
  const folder = mkdtempSync('/run/programs-');
  for (const [name, target] of Object.entries(programs)) symlinkSync(target, `${folder}/${name}`);
  process.env.PATH = folder;
}

it('finds what is there on a host without nft', async () => {
  await (await openFirewall('iptables')).ensure(set);
  usePrograms({
    'iptables-save': '/usr/sbin/xtables-nft-multi',
    'iptables-restore': '/usr/sbin/xtables-nft-multi',
  });
  expect(await listOwnersEverywhere('masquerade', 'net')).toEqual([['net']]);
  await removeEverywhere([set]);
  process.env.PATH = PATH;
  expect(seen()).not.toMatch(/tsnet/i);
});

it('has nothing to remove where no firewall is installed', async () => {
  usePrograms({});
  await removeEverywhere([set]);
  expect(await listOwnersEverywhere('masquerade', 'net')).toEqual([]);
});
