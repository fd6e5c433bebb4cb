import { execFileSync } from 'node:child_process';
import { enterPrivateHost } from '../private-host';
import { openFirewall, removeEverywhere } from './detect';
import type { RuleSet } from './model';

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
  expect((await openFirewall()).backend).toBe('iptables');
});

it('removes a set under whichever backend made it', async () => {
  for (const backend of ['iptables', 'nftables'] as const) {
    await (await openFirewall(backend)).ensure(set);
    await removeEverywhere([set]);
    expect(run('iptables-save') + run('nft', 'list', 'ruleset')).not.toMatch(/tsnet/i);
  }
});
