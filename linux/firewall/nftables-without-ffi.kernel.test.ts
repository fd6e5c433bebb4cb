/** Where FFI cannot load, the nftables backend works by the nft command, and needs few of them. */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { enterPrivateHost } from '../private-host';
import { both, everything, forward, guard, masquerade, portmap, ruleset } from './contract-subjects';
import { listOwnersEverywhere, openFirewall, removeEverywhere } from './detect';

enterPrivateHost();

const { PATH } = process.env;
const log = '/run/nft.log';

beforeAll(() => {
  process.env.TSNET_NO_FFI = '1';
  const folder = mkdtempSync('/run/programs-');
  const program = execFileSync('sh', ['-c', 'command -v nft'], { encoding: 'utf8' }).trim();
  writeFileSync(`${folder}/nft`, `#!/bin/sh\necho "$@" >>${log}\nexec ${program} "$@"\n`);
  chmodSync(`${folder}/nft`, 0o755);
  process.env.PATH = `${folder}:${PATH}`;
});
afterAll(() => {
  delete process.env.TSNET_NO_FFI;
  process.env.PATH = PATH;
});

async function commandsOf(action: () => Promise<unknown>): Promise<number> {
  writeFileSync(log, '');
  await action();
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0;
}

it('ensures, verifies, refuses, mends and removes', async () => {
  const before = ruleset();
  const firewall = await openFirewall('nftables');
  for (const set of everything) await firewall.ensure(set);
  for (const set of everything) await firewall.verify(set);
  const other = portmap([forward('ipv4', {})], ['net', 'c9', 'eth0']);
  await expect(firewall.ensure(other)).rejects.toMatchObject({ code: 'EADDRINUSE', owner: 'net/c1/eth0' });
  execFileSync('nft', ['flush', 'chain', 'inet', 'tsnet', 'nat-output']);
  await expect(firewall.verify(masquerade)).rejects.toMatchObject({ code: 'EDRIFT' });
  await firewall.ensure(masquerade);
  for (const set of everything) await firewall.verify(set);
  expect(await listOwnersEverywhere('macspoofchk', 'net')).toEqual([guard.owner]);
  await removeEverywhere(everything);
  expect(ruleset()).toBe(before);
});

it('needs few commands', async () => {
  const firewall = await openFirewall('nftables');
  const set = portmap(both({}));
  await firewall.ensure(masquerade);
  expect(await commandsOf(() => firewall.ensure(set))).toBeLessThanOrEqual(3);
  expect(await commandsOf(() => firewall.verify(set))).toBeLessThanOrEqual(2);
  expect(await commandsOf(() => firewall.remove([set]))).toBeLessThanOrEqual(3);
  await firewall.remove([masquerade]);
});
