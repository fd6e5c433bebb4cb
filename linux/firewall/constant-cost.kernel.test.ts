/** What an operation asks of the kernel does not grow with what others have, and what is known is not asked again. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { NetlinkNftables } from '../nftables/netlink/nftables';
import { enterPrivateHost } from '../private-host';
import { both, everything, forward, guard, masquerade, portmap } from './contract-subjects';
import type { RuleSet } from './model';
import { NftablesFirewall } from './nftables';

enterPrivateHost();

const firewall = new NftablesFirewall();
const stateFile = '/run/tsnet/nftables.json';
const nft = (text: string) => execFileSync('nft', ['-f', '-'], { input: text });

/** Other owners with 2,000 ports, 20 each. */
const others = Array.from({ length: 100 }, (_, at) =>
  portmap(
    Array.from({ length: 20 }, (_, port) =>
      forward('ipv4', { hostPort: 10_000 + at * 20 + port, address: `10.1.1.${at}` }),
    ),
    ['net', `other-${at}`, 'eth0'],
  ),
);
const guards = Array.from({ length: 50 }, (_, at) => ({
  ...guard,
  owner: ['net', `other-${at}`, 'eth0'] as const,
  rules: [{ ...guard.rules[0]!, match: { inInterface: `v${at}`, sourceMac: { not: '02:00:00:00:00:07' } } }],
}));

const methods = [
  'listTables',
  'listChains',
  'listSets',
  'findRules',
  'findElement',
  'findElements',
  'listElements',
  'commit',
] as const;

/** What is asked of the kernel while the action runs: calls by name, with what they are of. */
async function callsOf(action: () => Promise<unknown>, asked = NetlinkNftables): Promise<string[]> {
  const calls: string[] = [];
  const spies = methods.map((method) => ({ method, spy: jest.spyOn(asked.prototype, method) }));
  await action();
  for (const { method, spy } of spies) {
    for (const [, of] of spy.mock.calls as unknown[][])
      calls.push(`${method} ${typeof of === 'string' ? of : ((of as { name?: string })?.name ?? '')}`.trim());
    spy.mockRestore();
  }
  return calls;
}

const lists = (calls: readonly string[]) => calls.filter((call) => /^list/.test(call));

beforeAll(async () => {
  for (const set of [...others, ...guards]) await firewall.ensure(set);
});

const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
});

const subjects: [string, RuleSet, number][] = [
  ['two published ports', portmap(both({})), 16],
  ['masquerade', masquerade, 16],
  ['a guard', guard, 8],
];

it.each(subjects)('%s: no list, and a handful of questions, beside 2,000 ports', async (_, set, most) => {
  await firewall.ensure(set);
  await firewall.remove([set]);
  // No process can be started
  process.env.PATH = '/run';
  for (const action of [
    () => firewall.ensure(set),
    () => firewall.ensure(set),
    () => firewall.verify(set),
    () => firewall.remove([set]),
  ]) {
    const calls = await callsOf(action);
    expect(lists(calls)).toEqual([]);
    expect(calls.length).toBeLessThanOrEqual(most);
  }
});

it('removes many owners in one change', async () => {
  const sets = Array.from({ length: 30 }, (_, at) =>
    portmap([forward('ipv4', { hostPort: 1000 + at, address: `10.1.2.${at}` })], ['net', `c${at}`, 'eth0']),
  );
  for (const set of sets) await firewall.ensure(set);
  const calls = await callsOf(() => firewall.remove(sets));
  expect(calls.filter((call) => call.startsWith('commit'))).toHaveLength(1);
  expect(lists(calls)).toEqual([]);
  expect(await firewall.listOwners('portmap', 'net')).toHaveLength(others.length);
});

/** What a process asks that knows no more than the kernel and the files tell. */
async function callsOfNewcomer(action: (newcomer: NftablesFirewall) => Promise<unknown>): Promise<string[]> {
  let calls: string[] = [];
  await jest.isolateModulesAsync(async () => {
    const { NftablesFirewall: Newcomer } = await import('./nftables');
    const { NetlinkNftables: asked } = await import('../nftables/netlink/nftables');
    calls = await callsOf(() => action(new Newcomer()), asked);
  });
  return calls;
}

describe('what is known', () => {
  const set = portmap(both({ hostPort: 9000 }), ['net', 'known', 'eth0']);
  afterEach(() => firewall.remove([set]));

  it('is no more believed when somebody changed anything: mended by the next ensure, told by verify', async () => {
    await firewall.ensure(set);
    nft('flush chain inet tsnet nat-prerouting');
    await expect(firewall.verify(set)).rejects.toMatchObject({ code: 'EDRIFT' });
    const other = portmap([forward('ipv4', { hostPort: 9001, address: '10.1.0.9' })], ['net', 'x', 'eth0']);
    await firewall.ensure(other);
    await firewall.verify(set);
    await firewall.verify(others[0]!);
    await firewall.remove([other]);
  });

  it('is known to processes that come after, unless one ended between its change and its word', async () => {
    await firewall.ensure(masquerade);
    const before = readFileSync(stateFile, 'utf8');
    await firewall.ensure(set);
    expect(lists(await callsOfNewcomer((newcomer) => newcomer.verify(set)))).toEqual([]);
    writeFileSync(stateFile, before);
    const calls = await callsOfNewcomer((newcomer) => newcomer.ensure(set));
    expect(lists(calls)).toContain('listChains');
    expect(lists(await callsOfNewcomer((newcomer) => newcomer.remove([set])))).toEqual([]);
    await firewall.remove([masquerade]);
  });

  it('is looked for anew where it was not written, or is of another namespace or boot', async () => {
    await firewall.ensure(set);
    const written = readFileSync(stateFile, 'utf8');
    expect(statSync(stateFile).mode & 0o077).toBe(0);
    nft('delete chain inet tsnet raw-prerouting');
    const state = JSON.parse(written) as { identity: string; generation: number };
    const foreign = [
      { ...state, identity: 'another', generation: state.generation + 1 },
      { ...state, identity: `${state.identity}0`, generation: state.generation + 1 },
      state,
    ].map((one) => JSON.stringify(one));
    for (const text of [...foreign, '{"half', '']) {
      writeFileSync(stateFile, text);
      await expect(firewall.verify(set)).rejects.toMatchObject({ code: 'EDRIFT' });
    }
    rmSync(stateFile);
    await firewall.ensure(set);
    await firewall.verify(set);
    expect(existsSync(stateFile)).toBe(true);
  });

  it('leaves no draft of its file behind', () => {
    expect(spawnSync('ls', ['/run/tsnet'], { encoding: 'utf8' }).stdout).not.toMatch(/json\./);
  });
});

it('finds and takes away an owner whose record was damaged, and one whose elements are gone', async () => {
  const set = portmap([...both({}), forward('ipv4', { hostPort: 9100, count: 3, port: 9100 })]);
  await firewall.ensure(set);
  const [record] = /owner-\w+(?= tsnet:portmap:net\/c1)/.exec(
    execFileSync('nft', ['list', 'table', 'inet', 'tsnet'], { encoding: 'utf8' }),
  )!;
  nft(`flush chain inet tsnet ${record}`);
  await firewall.remove([set]);
  const listed = () => execFileSync('nft', ['list', 'table', 'inet', 'tsnet'], { encoding: 'utf8' });
  expect(listed()).not.toContain(record);

  await firewall.ensure(set);
  nft('flush map inet tsnet dnat4');
  await expect(firewall.verify(set)).rejects.toMatchObject({ code: 'EDRIFT' });
  await firewall.remove([set]);
  expect(listed()).not.toContain(record);
});

it('leaves another the port that it got after the maps were flushed', async () => {
  const [one, other] = ['one', 'other'].map((id, at) =>
    portmap([forward('ipv4', { hostPort: 9200, address: `10.1.0.${at + 70}` })], ['net', id, 'eth0']),
  );
  await firewall.ensure(one!);
  nft('flush map inet tsnet dnat4');
  await firewall.ensure(other!);
  await firewall.remove([one!]);
  await firewall.verify(other!);
  await firewall.remove([other!]);
});

it('takes the table away with the last owner', async () => {
  await firewall.remove([...others, ...guards, ...everything]);
  expect(execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' })).not.toContain('tsnet');
});
