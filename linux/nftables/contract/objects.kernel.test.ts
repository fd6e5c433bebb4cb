import { runSync } from '../../command';
import type { BaseChain, Change, NewRule, TableRef } from '../model';
import { describeEachImplementation, failure } from './fixture';

const table: TableRef = { family: 'inet', name: 't' };
const other: TableRef = { family: 'bridge', name: 't' };
const forward: BaseChain = { type: 'filter', hook: 'forward', priority: -150 };

function rule(comment: string): NewRule {
  return { statements: [{ verdict: 'continue' }], comment };
}

function addRules(chain: string, ...comments: string[]): Change[] {
  return comments.map((comment) => ({ addRule: rule(comment), chain, table }));
}

describeEachImplementation((fixture) => {
  const commit = (...changes: Change[]) => fixture.nftables.commit(changes);
  const comments = async (chain: string) =>
    (await fixture.nftables.findRules(table, chain))?.map(({ comment }) => comment);

  test('tables are added, listed, deleted with all that is in them', async () => {
    expect(await fixture.nftables.listTables()).toEqual([]);
    await commit({ addTable: table }, { addTable: other }, { addTable: table });
    expect(await fixture.nftables.listTables()).toEqual(expect.arrayContaining([table, other]));
    await commit({ addChain: 'c', table }, ...addRules('c', 'r'), { deleteTable: table });
    expect(await fixture.nftables.listTables()).toEqual([other]);
    await expect(commit({ deleteTable: table })).rejects.toThrow(failure('ENOENT'));
  });

  test('chains are listed with their hooks, those of one table only', async () => {
    await commit({ addTable: table }, { addTable: { family: 'inet', name: 'u' } });
    await commit(
      { addChain: 'side', table },
      { addChain: 'forward', table, base: forward },
      { addChain: 'elsewhere', table: { family: 'inet', name: 'u' } },
    );
    await commit({ addChain: 'side', table }, { addChain: 'forward', table, base: forward });
    expect(await fixture.nftables.listChains(table)).toEqual([
      { name: 'side' },
      { name: 'forward', base: { ...forward, policy: 'accept' } },
    ]);
    expect(await fixture.nftables.listChains({ family: 'inet', name: 'nosuch' })).toEqual([]);
  });

  test.each<BaseChain>([
    { type: 'nat', hook: 'prerouting', priority: -100 },
    { type: 'nat', hook: 'output', priority: -100 },
    { type: 'nat', hook: 'postrouting', priority: 100 },
    { type: 'filter', hook: 'prerouting', priority: -300 },
    { type: 'filter', hook: 'input', priority: 0 },
    { type: 'route', hook: 'output', priority: -150 },
  ])('a chain at $type $hook $priority', async (base) => {
    await commit({ addTable: table }, { addChain: 'c', table, base });
    expect(await fixture.nftables.listChains(table)).toEqual([
      { name: 'c', base: { ...base, policy: 'accept' } },
    ]);
  });

  test('rules come in order, each with its handle; one is deleted by it', async () => {
    await commit({ addTable: table }, { addChain: 'c', table }, ...addRules('c', 'one', 'two', 'three'));
    const rules = (await fixture.nftables.findRules(table, 'c'))!;
    expect(rules.map(({ comment }) => comment)).toEqual(['one', 'two', 'three']);
    await commit({ deleteRule: rules[1]!.handle, chain: 'c', table }, ...addRules('c', 'four'));
    expect(await comments('c')).toEqual(['one', 'three', 'four']);
    const again = commit({ deleteRule: rules[1]!.handle, chain: 'c', table });
    await expect(again).rejects.toThrow(failure('ENOENT'));
  });

  test('an empty chain has no rules, an absent one is not there', async () => {
    await commit({ addTable: table }, { addChain: 'c', table });
    expect(await fixture.nftables.findRules(table, 'c')).toEqual([]);
    expect(await fixture.nftables.findRules(table, 'nosuch')).toBeUndefined();
    expect(await fixture.nftables.findRules(other, 'c')).toBeUndefined();
  });

  test('a chain is emptied, and deleted with its rules', async () => {
    await commit({ addTable: table }, { addChain: 'c', table }, ...addRules('c', 'one'));
    await commit({ flushChain: 'c', table }, ...addRules('c', 'two'));
    expect(await comments('c')).toEqual(['two']);
    await commit({ deleteChain: 'c', table });
    expect(await comments('c')).toBeUndefined();
    await expect(commit({ deleteChain: 'c', table })).rejects.toThrow(failure('ENOENT'));
    await expect(commit({ flushChain: 'c', table })).rejects.toThrow(failure('ENOENT'));
  });

  test('a rule tells where it jumps; a chain with a jump to it stays', async () => {
    const jump = { statements: [{ jump: 'side' }], comment: 'j' };
    await commit({ addTable: table }, { addChain: 'side', table }, { addChain: 'c', table });
    await commit({ addRule: jump, chain: 'c', table }, ...addRules('c', 'plain'));
    const rules = (await fixture.nftables.findRules(table, 'c'))!;
    expect(rules.map((found) => found.jump)).toEqual(['side', undefined]);
    await expect(commit({ deleteChain: 'side', table })).rejects.toThrow(failure('EBUSY'));
    await commit({ deleteRule: rules[0]!.handle, chain: 'c', table }, { deleteChain: 'side', table });
    expect(await fixture.nftables.listChains(table)).toEqual([{ name: 'c' }]);
  });

  test('a digest is the same for the same rule, and another for another', async () => {
    const statements = (name: string): NewRule => ({
      statements: [{ match: 'meta iifname', values: [name] }, { verdict: 'drop' }],
    });
    const rules = ['eth0', 'eth1', 'eth0'].map((name) => statements(name));
    await commit({ addTable: table }, { addChain: 'c', table });
    await commit(...rules.map((addRule): Change => ({ addRule, chain: 'c', table })));
    const [first, second, third] = (await fixture.nftables.findRules(table, 'c'))!;
    expect(first!.digest).toBe(third!.digest);
    expect(first!.digest).not.toBe(second!.digest);
  });

  test('what others made is read, whatever its names', async () => {
    const { netns, nftables } = fixture;
    netns.run(() => {
      runSync(['iptables-nft', '-t', 'nat', '-N', 'odd:name@1']);
      runSync([
        'iptables-nft',
        '-t',
        'nat',
        '-A',
        'odd:name@1',
        '-p',
        'tcp',
        '--dport',
        '80',
        '-j',
        'RETURN',
      ]);
      runSync([
        'iptables-nft',
        '-t',
        'nat',
        '-A',
        'POSTROUTING',
        '-m',
        'comment',
        '--comment',
        'x',
        '-j',
        'odd:name@1',
      ]);
    });
    const nat: TableRef = { family: 'ip', name: 'nat' };
    expect(await nftables.listTables()).toContainEqual(nat);
    const chains = await nftables.listChains(nat);
    expect(chains.map(({ name }) => name).sort()).toEqual(['POSTROUTING', 'odd:name@1']);
    expect(await nftables.findRules(nat, 'odd:name@1')).toHaveLength(1);
    expect(await nftables.findRules(nat, 'POSTROUTING')).toMatchObject([{ jump: 'odd:name@1' }]);
    expect(await nftables.findRules(nat, 'no:such')).toBeUndefined();
  });
});
