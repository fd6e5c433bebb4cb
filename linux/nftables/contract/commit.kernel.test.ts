import { runSync } from '../../command';
import { createNetns, removeNetns } from '../../netns/netns';
import type { Change, Element, SetSpec, TableRef } from '../model';
import { NetlinkNftables } from '../netlink/nftables';
import { describeEachImplementation, failure } from './fixture';

const table: TableRef = { family: 'inet', name: 't' };
const ports: SetSpec = {
  name: 'ports',
  key: ['inet_proto', 'inet_service'],
  value: ['ipv4_addr', 'inet_service'],
};
const pairs: SetSpec = { name: 'pairs', key: ['ipv4_addr', 'ipv4_addr'], interval: true };
const ground: Change[] = [
  { addTable: table },
  { addChain: 'c', table },
  { addSet: ports, table },
  { addSet: pairs, table },
];

function port(number: number): Element {
  return {
    key: ['tcp', `${number}`],
    value: ['10.0.0.2', '80'],
    comment: 'owner-0123456789abcdef of a port',
  };
}

function textRule(text: string): Change {
  return { addRule: { statements: [{ text }], comment: 'text' }, chain: 'c', table };
}

/** Each with the operation and cause of its error. */
const refused: [changes: Change[], code: string, operation: string][] = [
  [[{ addChain: 'd', table: { ...table, name: 'u' } }], 'ENOENT', 'add chain "d" of table inet "u"'],
  [[{ deleteRule: 999, chain: 'c', table }], 'ENOENT', 'delete rule 999 of chain "c" of table inet "t"'],
  [
    [{ addElements: [port(80)], set: ports, table, exclusive: true }],
    'EEXIST',
    'add elements of set "ports" of table inet "t"',
  ],
  [
    [{ deleteElements: [port(81)], set: ports, table }],
    'ENOENT',
    'delete elements of set "ports" of table inet "t"',
  ],
  [[{ addSet: { ...ports, key: ['inet_service'] }, table }], 'EEXIST', 'add set "ports" of table inet "t"'],
];

/** Names and values that would become another command, or another object's. */
const hostile: Change[] = [
  { addTable: { family: 'inet', name: 't; flush ruleset' } },
  { addTable: { family: 'inet', name: '' } },
  { addChain: 'c {', table },
  { addChain: 'c\nflush ruleset', table },
  { addRule: { statements: [], comment: 'x" accept comment "y' }, chain: 'c', table },
  { addRule: { statements: [], comment: 'x'.repeat(128) }, chain: 'c', table },
  { addRule: { statements: [{ match: 'ip saddr', values: ['10.0.0.1 accept'] }] }, chain: 'c', table },
  { addRule: { statements: [{ match: 'meta l4proto', values: ['6 accept'] }] }, chain: 'c', table },
  { addRule: { statements: [{ jump: 'c; accept' }] }, chain: 'c', table },
  { addElements: [{ ...port(1), key: ['tcp', '1, udp . 1'] }], set: ports, table },
  { addElements: [{ ...port(1), key: ['tcp'] }], set: ports, table },
  { addElements: [{ ...port(1), comment: 'a\nb' }], set: ports, table },
];

describeEachImplementation((fixture) => {
  const commit = (...changes: Change[]) => fixture.nftables.commit(changes);

  test('nothing to do is fine', async () => {
    await commit();
    await commit(...ground, { addElements: [], set: ports, table });
    expect(await fixture.nftables.listElements(table, ports)).toEqual([]);
  });

  test('all of it happens or nothing does', async () => {
    await commit(...ground);
    const failing = commit(
      { addElements: [port(80)], set: ports, table },
      { addChain: 'd', table },
      { deleteRule: 999, chain: 'c', table },
    );
    await expect(failing).rejects.toThrow(failure('ENOENT'));
    expect(await fixture.nftables.listChains(table)).toEqual([{ name: 'c' }]);
    expect(await fixture.nftables.listElements(table, ports)).toEqual([]);
  });

  test.each(refused)('an error names what was refused: %j', async (changes, code, operation) => {
    await commit(...ground, { addElements: [port(80)], set: ports, table });
    const error: unknown = await commit({ addChain: 'd', table }, ...changes).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'SyscallError', code });
    expect((error as Error).message.split(': ')[0]).toBe(operation);
  });

  test.each(hostile)('refused before anything is done: %j', async (change) => {
    await commit(...ground);
    await expect(commit({ addChain: 'd', table }, change)).rejects.toThrow(failure('EINVAL'));
    expect(await fixture.nftables.listChains(table)).toEqual([{ name: 'c' }]);
  });

  test('thousands of elements go in and out in one commit', async () => {
    const many = Array.from({ length: 6000 }, (_, at) => port(at + 1));
    await commit(...ground, { addElements: many, set: ports, table, exclusive: true });
    expect(await fixture.nftables.listElements(table, ports)).toHaveLength(many.length);
    expect(await fixture.nftables.findElement(table, ports, ['tcp', '5999'])).toEqual(port(5999));
    const taken = commit({ addElements: [port(7000), port(6000)], set: ports, table, exclusive: true });
    await expect(taken).rejects.toThrow(failure('EEXIST'));
    await commit({ deleteElements: many.slice(1), set: ports, table });
    expect(await fixture.nftables.listElements(table, ports)).toEqual([port(1)]);
  });

  test('calls made at once do not disturb each other', async () => {
    await commit(...ground);
    const pair = (at: number): Element => ({ key: [`10.0.0.${at}`, '10.0.0.0/24'] });
    const all = Array.from({ length: 20 }, (_, at) => pair(at));
    await Promise.all(all.map((element) => commit({ addElements: [element], set: pairs, table })));
    const changes = all.map((element) => commit({ deleteElements: [element], set: pairs, table }));
    const reads = all.map(() => fixture.nftables.listChains(table));
    await Promise.all(changes);
    for (const chains of await Promise.all(reads)) expect(chains).toEqual([{ name: 'c' }]);
    expect(await fixture.nftables.listElements(table, pairs)).toEqual([]);
  });

  test("a user's own text stands in the rule", async () => {
    await commit(...ground, textRule('tcp flags syn limit rate 5/second accept'));
    const [rule] = (await fixture.nftables.findRules(table, 'c'))!;
    expect(rule!.comment).toBe('text');
    const listing = fixture.netns.run(() => runSync(['nft', 'list', 'ruleset']));
    expect(listing).toContain('tcp flags syn limit rate 5/second');
  });

  test('text that nft does not understand is its error, and nothing is done', async () => {
    await commit(...ground);
    const nonsense = commit({ addChain: 'd', table }, textRule('no such thing'));
    await expect(nonsense).rejects.toThrow(failure('EXIT'));
    await expect(commit(textRule('accept\nflush ruleset'))).rejects.toThrow(failure('EINVAL'));
    expect(await fixture.nftables.listChains(table)).toEqual([{ name: 'c' }]);
  });

  test('counters do not change a digest', async () => {
    await commit(...ground, textRule('counter packets 0 bytes 0'), textRule('counter packets 5 bytes 9'));
    const [one, other] = (await fixture.nftables.findRules(table, 'c'))!;
    expect(one!.digest).toBe(other!.digest);
  });
});

describeEachImplementation((fixture) => {
  test('the number of the ruleset tells whether anybody changed it', async () => {
    using nftables = fixture.netns.run(() => NetlinkNftables.open());
    const generation = await nftables.generation();
    expect(await nftables.generation()).toBe(generation);
    await fixture.nftables.commit(ground);
    expect(await nftables.generation()).toBeGreaterThan(generation);
    const late = nftables.commit([{ addChain: 'd', table }], { generation });
    await expect(late).rejects.toThrow(failure('ERESTART'));
    const lateText = nftables.commit([textRule('accept')], { generation });
    await expect(lateText).rejects.toThrow(failure('ERESTART'));
    await nftables.commit([{ addChain: 'd', table }], { generation: await nftables.generation() });
    expect(await fixture.nftables.listChains(table)).toEqual([{ name: 'c' }, { name: 'd' }]);
  });

  test('calls under way end when it is closed, later ones fail', async () => {
    const nftables = fixture.netns.run(() => NetlinkNftables.open());
    await fixture.nftables.commit(ground);
    const element: Element = { key: ['10.0.0.1', '10.0.0.0/24'] };
    await nftables.commit([{ addElements: [element], set: pairs, table }]);
    const underWay = nftables.commit([{ deleteElements: [element], set: pairs, table }]);
    nftables[Symbol.dispose]();
    await underWay;
    expect(await fixture.nftables.listElements(table, pairs)).toEqual([]);
    await expect(nftables.listTables()).rejects.toThrow(failure('EBADF'));
    const late = nftables.commit([{ deleteElements: [element], set: pairs, table }]);
    await expect(late).rejects.toThrow(failure('EBADF'));
  });

  test('it stays in its namespace, also after that has no name', async () => {
    const path = '/run/netns/contract-left';
    const netns = createNetns(path);
    using nftables = netns.run(() => NetlinkNftables.open());
    removeNetns(path);
    netns.close();
    await nftables.commit([...ground, textRule('accept')]);
    expect(await nftables.findRules(table, 'c')).toHaveLength(1);
    expect(await fixture.nftables.listTables()).toEqual([]);
  });
});
