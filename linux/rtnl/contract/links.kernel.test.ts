import { describeEachBackend, failure, upBridge } from './fixture';

describeEachBackend((fixture) => {
  test('a new namespace has the loopback device alone', () => {
    const lo = {
      index: 1,
      name: 'lo',
      kind: 'loopback',
      mac: '00:00:00:00:00:00',
      mtu: 65536,
      up: false,
      operState: 'DOWN',
      promisc: false,
      master: 0,
      link: 0,
      alias: '',
      altNames: [],
      group: 0,
    };
    expect(fixture.rtnl.listLinks()).toEqual([lo]);
    expect(fixture.rtnl.getLink('lo')).toEqual(lo);
  });

  test('a link is made with all that was asked for', () => {
    const { rtnl } = fixture;
    const wanted = {
      name: 'br0',
      mtu: 1400,
      mac: '02:00:00:00:00:01',
      up: true,
      alias: 'a "b"\n c',
      group: 7,
    };
    const created = rtnl.createLink({ kind: 'bridge', ...wanted });
    expect(created).toMatchObject({ kind: 'bridge', ...wanted, bridge: { vlanFiltering: false } });
    // The operational state follows some time after `up`.
    const settled = { ...created, operState: expect.any(String) };
    expect(rtnl.getLink('br0')).toEqual(settled);
    expect(rtnl.findLinkByIndex(created.index)).toEqual(settled);
    expect(rtnl.listLinks()).toEqual([rtnl.getLink('lo'), settled]);
  });

  test('an absent link is undefined when looked for, ENODEV when needed', () => {
    const { rtnl } = fixture;
    expect(rtnl.findLink('nosuch')).toBeUndefined();
    expect(rtnl.findLinkByIndex(999)).toBeUndefined();
    expect(rtnl.findLinkByIndex(0)).toBeUndefined();
    expect(() => rtnl.getLink('nosuch')).toThrow(failure('ENODEV'));
    expect(() => rtnl.getLink('nosuch')).toThrow('get link "nosuch": no such device');
  });

  test.each(['', '.', '..', 'a b', 'a/b', 'a:b', 'a\nb', 'lo\0', 'sixteen-letters-', 'é'.repeat(8)])(
    'no link can be made or renamed to %j, nor is one found under it',
    (name) => {
      const { rtnl } = fixture;
      expect(rtnl.findLink(name)).toBeUndefined();
      expect(() => rtnl.createLink({ kind: 'bridge', name })).toThrow(failure('EINVAL'));
      expect(() => rtnl.setLink(1, { name })).toThrow(failure('EINVAL'));
      const peer = { name };
      expect(() => rtnl.createLink({ kind: 'veth', name: 'v0', peer })).toThrow(failure('EINVAL'));
      expect(rtnl.listLinks()).toHaveLength(1);
    },
  );

  test.each(['-h', 'up', 'dev', 'type', 'if9', 'é'])('the name %j is a name like any other', async (name) => {
    const { rtnl } = fixture;
    const { index } = rtnl.createLink({ kind: 'bridge', name, alias: 'up' });
    rtnl.setLink(index, { mtu: 1300 });
    rtnl.addAddress({ index, address: '10.0.0.1/24' });
    expect(rtnl.getLink(name)).toMatchObject({ index, mtu: 1300, alias: 'up' });
    await rtnl.deleteLink(index);
    expect(rtnl.findLink(name)).toBeUndefined();
  });

  test('a taken name is EEXIST and its owner stays as it was', () => {
    const { rtnl } = fixture;
    const first = upBridge(fixture);
    expect(() => rtnl.createLink({ kind: 'bridge', name: 'br0', alias: 'other' })).toThrow(failure('EEXIST'));
    expect(() => rtnl.createLink({ kind: 'bridge', name: 'br0' })).toThrow('create link "br0": file exists');
    // The operational state follows some time after `up`.
    expect(rtnl.getLink('br0')).toEqual({ ...first, operState: expect.any(String) });
    const second = rtnl.createLink({ kind: 'bridge', name: 'br1' });
    expect(() => rtnl.setLink(second.index, { name: 'br0' })).toThrow(failure('EEXIST'));
  });

  test('each setting changes alone, and an empty change changes nothing', () => {
    const { rtnl } = fixture;
    const { index } = upBridge(fixture);
    const changes = [
      { promisc: true },
      { mtu: 1280 },
      { mac: '02:00:00:00:00:aa' },
      { alias: 'new' },
      { alias: '' },
      { group: 9 },
      { promisc: false },
      { up: false },
      { name: 'br9' },
      {},
    ];
    for (const change of changes) {
      const before = rtnl.findLinkByIndex(index)!;
      rtnl.setLink(index, change);
      const operState = rtnl.findLinkByIndex(index)!.operState;
      expect(rtnl.findLinkByIndex(index)).toEqual({ ...before, ...change, operState });
    }
  });

  test('several settings change in one call', () => {
    const { rtnl } = fixture;
    const { index } = rtnl.createLink({ kind: 'bridge', name: 'br0' });
    const change = {
      name: 'br1',
      mtu: 1300,
      mac: '02:00:00:00:00:05',
      alias: 'x',
      group: 3,
      up: true,
      promisc: true,
    };
    rtnl.setLink(index, change);
    expect(rtnl.findLinkByIndex(index)).toMatchObject(change);
  });

  test('what the kernel refuses has its code', () => {
    const { rtnl } = fixture;
    const { index } = upBridge(fixture);
    expect(() => rtnl.setLink(index, { mtu: 100_000 })).toThrow(failure('EINVAL'));
    expect(() => rtnl.setLink(index, { mtu: 100_000 })).toThrow(
      'mtu=100000: mtu greater than device maximum',
    );
    expect(() => rtnl.setLink(index, { mtu: -1 })).toThrow(failure('EINVAL'));
    expect(() => rtnl.setLink(index, { mac: '01:00:00:00:00:01' })).toThrow(failure('EADDRNOTAVAIL'));
    expect(() => rtnl.setLink(index, { mac: 'nonsense' })).toThrow(failure('EINVAL'));
    expect(() => rtnl.setLink(index, { alias: 'x'.repeat(256) })).toThrow(failure('ERANGE'));
    expect(() => rtnl.setLink(999, { up: true })).toThrow(failure('ENODEV'));
  });

  test('a link that cannot be completed is not left behind', () => {
    const { rtnl } = fixture;
    const spec = { kind: 'bridge', name: 'br0', alias: 'x'.repeat(256) } as const;
    expect(() => rtnl.createLink(spec)).toThrow(failure('ERANGE'));
    expect(rtnl.findLink('br0')).toBeUndefined();
  });

  test('alternative names find a link as its name does', () => {
    const { rtnl } = fixture;
    const { index } = upBridge(fixture);
    const long = 'tsnet-a-name-longer-than-fifteen-bytes';
    rtnl.addAltName(index, long);
    rtnl.addAltName(index, 'short');
    expect(rtnl.getLink(long)).toMatchObject({ index, name: 'br0', altNames: [long, 'short'] });
    expect(rtnl.getLink('short').index).toBe(index);
    expect(() => rtnl.addAltName(index, 'short')).toThrow(failure('EEXIST'));
    expect(() => rtnl.createLink({ kind: 'bridge', name: 'short' })).toThrow(failure('EEXIST'));
    rtnl.deleteAltName(index, 'short');
    expect(rtnl.findLink('short')).toBeUndefined();
    expect(() => rtnl.deleteAltName(index, 'short')).toThrow(failure('ENOENT'));
    expect(() => rtnl.addAltName(999, 'x')).toThrow(failure('ENODEV'));
    expect(() => rtnl.addAltName(index, 'a b')).toThrow(failure('EINVAL'));
    expect(() => rtnl.addAltName(index, 'x'.repeat(128))).toThrow(failure('EINVAL'));
  });

  test('a dummy device is made where the kernel has them, and is EOPNOTSUPP elsewhere', () => {
    const { rtnl } = fixture;
    let outcome: string;
    try {
      outcome = rtnl.createLink({ kind: 'dummy', name: 'd0', up: true }).kind;
    } catch (error) {
      outcome = (error as { code: string }).code;
    }
    expect(['dummy', 'EOPNOTSUPP']).toContain(outcome);
    expect(rtnl.findLink('d0')?.kind).toBe(outcome === 'dummy' ? 'dummy' : undefined);
  });
});
