/** The store of host-local: shared with the reference plugin, killed, damaged, full. */
import { attachment, type Command, callPluginAsync, parseDocument, type Reply } from './cni-call';
import {
  add,
  addressOf,
  call,
  callReference,
  confOf,
  del,
  host,
  referenceExec,
  reserved,
  silence,
  store,
  subnet,
} from './host-local-suite';
import { binFolder } from './private-host';

describe('beside the reference plugin on one store', () => {
  const pools: [string, (id: string) => string, (id: string) => Reply][] = [
    ['ours', add, del],
    [
      'theirs',
      (id) => addressOf(callReference('ADD', attachment(id))),
      (id) => callReference('DEL', attachment(id)),
    ],
  ];

  test('each goes on where the other stopped and releases what the other reserved', () => {
    const [[, addOurs, delOurs], [, addTheirs, delTheirs]] = [pools[0]!, pools[1]!];
    expect([addOurs('a'), addTheirs('b'), addOurs('c'), addTheirs('d')]).toEqual([
      '10.5.0.2',
      '10.5.0.3',
      '10.5.0.4',
      '10.5.0.5',
    ]);
    expect(callReference('ADD', attachment('a')).json.msg).toContain('duplicate allocation is not allowed');
    expect(call('ADD', attachment('b')).json.msg).toContain('10.5.0.3 has been allocated to b');
    const replies = [delTheirs('a'), delOurs('b'), delTheirs('c'), delOurs('d')];
    expect(replies.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(reserved()).toEqual([]);
    expect([addTheirs('a'), addOurs('a2')]).toEqual(['10.5.0.6', '10.5.0.7']);
  });

  test('the files are the same', () => {
    const ipam = { ranges: [[{ subnet }], [{ subnet: '2001:DB8:0:0:1::/80' }]] };
    const look = () => host.sh(`cd ${store}; ls -A; stat -c '%n %a' *; grep -r . . | sort | cat -A`);
    call('ADD', attachment('a'), { ipam });
    const ours = look();
    host.sh(`rm -rf ${store}`);
    callReference('ADD', attachment('a'), { ipam });
    // The reference's modes depend on its release
    const withoutModes = (text: string) => text.replaceAll(/ [0-7]{3}$/gm, '');
    expect(withoutModes(ours)).toBe(withoutModes(look()));
  });

  test('100 of ours and 200 of theirs at once: 300 addresses; then all released by either', async () => {
    const ipam = { subnet: '10.5.0.0/23' };
    const ids = Array.from({ length: 300 }, (_, at) => `p${at}`);
    const isOurs = (at: number) => at % 3 === 0;
    const run = async (command: Command, id: string, ours: boolean): Promise<Reply> => {
      if (ours)
        return callPluginAsync(
          host,
          { command, conf: confOf({ ipam }), target: attachment(id) },
          'host-local',
        );
      const done = await host.execAsync(...referenceExec(command, attachment(id), { ipam }));
      return { ...done, json: parseDocument(done.stdout) };
    };
    const added = await Promise.all(ids.map((id, at) => run('ADD', id, isOurs(at))));
    expect(new Set(added.map(addressOf)).size).toBe(300);
    expect(reserved()).toHaveLength(300);
    const deleted = await Promise.all(ids.map((id, at) => run('DEL', id, at % 10 === 1)));
    expect(deleted.filter(({ code }) => code !== 0)).toEqual([]);
    expect(reserved()).toEqual([]);
  });
});

describe('DEL', () => {
  test('is silent without ADD, twice, without store, and makes none', () => {
    expect(del('c1')).toMatchObject(silence);
    expect(host.sh('ls -A /var/lib/cni')).toBe('');
    add('c1');
    expect([del('c1'), del('c1')]).toMatchObject([silence, silence]);
    expect(call('DEL', { containerId: 'c9', netns: '', ifName: 'eth0' })).toMatchObject(silence);
  });

  test('gives back one interface of a container and leaves its others', () => {
    for (const ifName of ['eth0', 'eth1']) addressOf(call('ADD', attachment('c1', ifName)));
    call('DEL', attachment('c1', 'eth0'));
    expect(reserved()).toEqual(['10.5.0.3']);
  });

  test('works on a full disk', () => {
    host.sh('mkdir -p /var/lib/cni/networks; mount -t tmpfs -o size=64k tmpfs /var/lib/cni/networks');
    callReference('ADD', attachment('c1'));
    host.sh('cat /dev/zero > /var/lib/cni/networks/full 2>/dev/null || true');
    expect(del('c1')).toMatchObject(silence);
    expect(reserved()).toEqual([]);
  });
});

describe('ADD where nothing can be written', () => {
  test('full disk: an error, and nothing is left', () => {
    host.sh('mkdir -p /var/lib/cni/networks; mount -t tmpfs -o size=64k tmpfs /var/lib/cni/networks');
    add('c1');
    host.sh('cat /dev/zero > /var/lib/cni/networks/full 2>/dev/null || true');
    const before = host.sh(`ls -A ${store}; cat ${store}/last_reserved_ip.0`);
    const reply = call('ADD', attachment('c2'));
    expect(reply.json).toMatchObject({
      code: 5,
      msg: expect.stringMatching(/^reserve 10\.5\.0\.3 in ".*": no space left on device$/),
    });
    expect(host.sh(`ls -A ${store}; cat ${store}/last_reserved_ip.0`)).toBe(before);
    host.sh('rm /var/lib/cni/networks/full');
    expect(add('c2')).toBe('10.5.0.3');
  });

  test('no inodes: an error, and nothing is left', () => {
    host.sh('mkdir -p /var/lib/cni/networks; mount -t tmpfs -o nr_inodes=10 tmpfs /var/lib/cni/networks');
    const replies = Array.from({ length: 4 }, (_, at) => call('ADD', attachment(`c${at}`)));
    const failed = replies.filter(({ code }) => code !== 0);
    expect(failed.length).toBeGreaterThan(0);
    for (const { json } of failed) expect(json.msg).toContain('no space left on device');
    expect(reserved()).toHaveLength(4 - failed.length);
    expect(host.sh(`find /var/lib/cni/networks -name '.draft'`)).toBe('');
  });

  test('read-only: ADD says so, and STATUS says not ready', () => {
    host.sh('mkdir -p /var/lib/cni/networks; mount -t tmpfs -o ro tmpfs /var/lib/cni/networks');
    expect(call('ADD', attachment('c1')).json).toMatchObject({
      code: 5,
      msg: `create directory "${store}": read-only file system`,
    });
    expect(call('STATUS', undefined).json).toMatchObject({
      code: 50,
      msg: expect.stringContaining('read-only file system'),
    });
    expect(del('c1')).toMatchObject(silence);
  });
});

test('an ADD killed at any moment leaves nothing behind its DEL', async () => {
  for (let delay = 20; delay < 120; delay += 5) {
    const env = {
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: 'k1',
      CNI_NETNS: '/n',
      CNI_IFNAME: 'eth0',
      CNI_PATH: '/x',
    };
    const script = `${binFolder}/host-local & sleep 0.${String(delay).padStart(3, '0')}; kill -9 $!; wait`;
    host.exec(['sh', '-c', `exec 3<&0; ${script.replace('host-local &', 'host-local <&3 &')}`], {
      input: JSON.stringify(confOf({})),
      env,
    });
    expect(del('k1')).toMatchObject(silence);
    expect(host.sh(`ls -A ${store} 2>/dev/null | grep -vE '^(lock|last_reserved_ip.0)$' || true`)).toBe('');
  }
});

describe('damaged and stale files', () => {
  const plant = (script: string) => host.sh(`mkdir -p ${store}; cd ${store}; ${script}`);

  test.each([
    ['empty files', ': > 10.5.0.2'],
    ['reservations of an earlier boot', "printf 'old\\r\\neth0' > 10.5.0.2; touch -d 2020-01-01 10.5.0.2"],
    ['the zeros of a lost write', 'head -c 9 /dev/zero > 10.5.0.2; touch -d 2020-01-01 10.5.0.2'],
  ])('%s do not block their address', (_, script) => {
    plant(script);
    expect(add('c1', { ipam: { subnet: '10.5.0.0/30' } })).toBe('10.5.0.2');
  });

  test.each([
    ['garbage', "printf '\\377\\000nonsense' > last_reserved_ip.0"],
    ['a path', 'echo ../../x > last_reserved_ip.0'],
    [
      'a directory',
      'mkdir last_reserved_ip.0.d; mkdir 10.5.0.9; ln -s /etc/passwd 10.5.0.8; mkfifo 10.5.0.7',
    ],
  ])('%s in the store is survived', (_, script) => {
    plant(script);
    expect(add('c1')).toBe('10.5.0.2');
    expect(del('c1')).toMatchObject(silence);
    expect(host.sh('test -s /etc/passwd && echo kept')).toBe('kept\n');
  });
});
