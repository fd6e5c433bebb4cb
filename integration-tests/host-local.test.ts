import {
  type Attachment,
  attachment,
  type Command,
  callPlugin,
  callPluginAsync,
  describeReply,
  type Json,
  parseDocument,
  type Reply,
} from './cni-call';
import { binFolder, PrivateHost } from './private-host';

/** The reference plugin, with which the store is shared. */
const reference = '/usr/lib/cni/host-local';
const store = '/var/lib/cni/networks/n';

let host: PrivateHost;
beforeAll(async () => {
  host = await PrivateHost.create();
});
afterAll(() => host.destroy());
beforeEach(() => {
  host.sh('umount /var/lib/cni/networks 2>/dev/null || true; rm -rf /var/lib/cni/networks');
});

interface Options {
  conf?: Json;
  ipam?: Json;
  cniArgs?: string;
}

const subnet = '10.5.0.0/24';
const confOf = ({ conf, ipam = { subnet } }: Options): Json => ({
  cniVersion: '1.1.0',
  name: 'n',
  ipam: { type: 'host-local', ...ipam },
  ...conf,
});

function call(command: Command, target: Attachment | undefined, options: Options = {}): Reply {
  const rest = { ...(target && { target }), ...(options.cniArgs && { cniArgs: options.cniArgs }) };
  return callPlugin(host, { command, conf: confOf(options), ...rest }, 'host-local');
}

function referenceExec(
  command: Command,
  target: Attachment,
  options: Options,
): Parameters<PrivateHost['exec']> {
  const input = JSON.stringify({ ...confOf(options), cniVersion: '1.0.0' });
  const env = {
    CNI_COMMAND: command,
    CNI_CONTAINERID: target.containerId,
    CNI_NETNS: target.netns,
    CNI_IFNAME: target.ifName,
    CNI_PATH: '/x',
  };
  return [[reference], { input, env: { ...env, CNI_ARGS: options.cniArgs ?? '' } }];
}

function callReference(command: Command, target: Attachment, options: Options = {}): Reply {
  const done = host.exec(...referenceExec(command, target, options));
  return { ...done, json: parseDocument(done.stdout) };
}

/** The first address of a reply; fails the test when there is none. */
function addressOf(reply: Reply): string {
  if (reply.code !== 0) throw new Error(describeReply(reply));
  return reply.json.ips[0]!.address.split('/')[0]!;
}

const add = (id: string, options?: Options) => addressOf(call('ADD', attachment(id), options));
const del = (id: string, options?: Options) => call('DEL', attachment(id), options);
const reserved = () =>
  host
    .sh(`ls -A ${store}`)
    .split('\n')
    .filter((name) => /^[0-9a-f]+[.:]/.test(name))
    .sort();
const silence = { code: 0, stdout: '', stderr: '' };

describe('results', () => {
  const ranges = [
    [{ subnet: '10.1.0.0/24', rangeStart: '10.1.0.20', rangeEnd: '10.1.0.30', gateway: '10.1.0.254' }],
    [{ subnet: 'FD00:1:0::/64' }],
  ];

  test('carry an address of each set, gateways, routes and dns', () => {
    host.sh('mkdir -p /run/t; printf "nameserver 192.0.2.3\\nsearch example.com\\n" > /run/t/resolv.conf');
    const routes = [{ dst: '0.0.0.0/0' }, { dst: '10.9.0.0/16', gw: '10.1.0.1', mtu: 1400 }];
    const reply = call('ADD', attachment('c1'), {
      ipam: { ranges, routes, resolvConf: '/run/t/resolv.conf' },
    });
    expect(reply.json).toEqual({
      cniVersion: '1.1.0',
      ips: [
        { address: '10.1.0.20/24', gateway: '10.1.0.254' },
        { address: 'fd00:1::2/64', gateway: 'fd00:1::1' },
      ],
      routes,
      dns: { nameservers: ['192.0.2.3'], search: ['example.com'] },
    });
    expect(reserved()).toEqual(['10.1.0.20', 'fd00:1::2']);
  });

  test('ranges of the runtime come first, then the one in the old place', () => {
    const conf = { runtimeConfig: { ipRanges: [[{ subnet: '10.3.0.0/24' }]] } };
    const { json } = call('ADD', attachment('c1'), {
      conf,
      ipam: { subnet, ranges: [[{ subnet: '10.4.0.0/24' }]] },
    });
    expect(json.ips.map(({ address }) => address)).toEqual(['10.3.0.2/24', '10.5.0.2/24', '10.4.0.2/24']);
  });

  test('requested addresses of all sources are given, each in its set', () => {
    const conf = { args: { cni: { ips: ['10.5.0.77'] } }, runtimeConfig: { ips: ['fd00:1::77/64'] } };
    const sets = [...ranges, [{ subnet }]];
    const { json } = call('ADD', attachment('c1'), {
      conf,
      ipam: { ranges: sets },
      cniArgs: 'IgnoreUnknown=1;IP=10.1.0.25;X=y',
    });
    expect(json.ips.map(({ address }) => address)).toEqual(['10.1.0.25/24', 'fd00:1::77/64', '10.5.0.77/24']);
  });
});

describe('refused without a trace', () => {
  const two = { ranges: [[{ subnet }], [{ subnet: '10.6.0.0/24' }]] };

  test.each<[string, Options, string]>([
    ['no section', { conf: { ipam: null } }, "IPAM config missing 'ipam' key"],
    ['no range', { ipam: {} }, 'no IP ranges specified'],
    [
      'host bits',
      { ipam: { subnet: '192.0.2.12/24' } },
      'invalid range set 0: Network has host bits set. For a subnet mask of length 24 the network address is 192.0.2.0',
    ],
    [
      'gateway of another family',
      { ipam: { subnet, gateway: 'fe80::1' } },
      'invalid range set 0: gateway fe80::1 not in network 10.5.0.0/24',
    ],
    [
      'the gateway',
      { cniArgs: 'IP=10.5.0.1' },
      "failed to allocate for range 0: requested ip 10.5.0.1 is subnet's gateway",
    ],
    ['no such set', { cniArgs: 'IP=10.99.0.1' }, 'failed to allocate all requested IPs: 10.99.0.1'],
    [
      'second set unlucky',
      { ipam: two, cniArgs: 'IP=10.6.0.1' },
      "failed to allocate for range 1: requested ip 10.6.0.1 is subnet's gateway",
    ],
    [
      'two of a family in 0.2.0',
      { ipam: two, conf: { cniVersion: '0.2.0' } },
      'CNI version 0.2.0 does not support more than 1 address per family',
    ],
    [
      'an unreadable resolv.conf',
      { ipam: { subnet, resolvConf: '/nowhere' } },
      'read "/nowhere": no such file or directory',
    ],
    [
      'a store that cannot be',
      { ipam: { subnet, dataDir: '/proc/nowhere' } },
      'create directory "/proc/nowhere/n": no such file or directory',
    ],
  ])('%s', (_, options, msg) => {
    expect(call('ADD', attachment('c1'), options)).toMatchObject({ code: 1, json: { msg } });
    expect(host.sh(`find /var/lib/cni -name '10.*' -o -name 'last_*'`)).toBe('');
    expect(del('c1', options).code).toBe(options.conf?.ipam === null ? 1 : 0);
  });

  test('every mistake of the configuration is listed', () => {
    const { json } = call('ADD', attachment('c1'), {
      ipam: { ranges: [[{ subnet: '10/8', gateway: 7 }]], dataDir: [] },
    });
    expect(json.code).toBe(7);
    for (const place of ['10/8 (ipam.ranges.0.0.subnet)', 'ipam.ranges.0.0.gateway 7', 'ipam.dataDir []'])
      expect(json.msg).toContain(place);
  });

  test('a taken address, a second ADD and a full range keep what is there and the turn', () => {
    const ipam = { subnet: '10.5.0.0/30' };
    expect(add('c1', { ipam })).toBe('10.5.0.2');
    const refusals = [
      call('ADD', attachment('c2'), { ipam, cniArgs: 'IP=10.5.0.2' }),
      call('ADD', attachment('c1'), { ipam }),
      call('ADD', attachment('c2'), { ipam }),
    ].map(({ json }) => json.msg.replace('failed to allocate for range 0: ', ''));
    expect(refusals).toEqual([
      'requested IP address 10.5.0.2 is not available in range set 10.5.0.1-10.5.0.2',
      '10.5.0.2 has been allocated to c1, duplicate allocation is not allowed',
      'no IP addresses available in range set: 10.5.0.1-10.5.0.2',
    ]);
    expect(reserved()).toEqual(['10.5.0.2']);
  });
});

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

describe('CHECK', () => {
  const check = (id: string, ...addresses: string[]) =>
    call('CHECK', attachment(id), {
      conf: { prevResult: { cniVersion: '1.1.0', ips: addresses.map((address) => ({ address })) } },
    });
  const msg = 'host-local: Failed to find address added by container c1';

  test('compares the reservation with the result', () => {
    expect(check('c1', '10.5.0.2/24').json.msg).toBe(msg);
    add('c1');
    add('c2');
    expect(check('c1', '10.5.0.2/24', '192.168.1.1/24')).toMatchObject(silence);
    expect(check('c1', '10.5.0.3/24').json.msg).toBe(`${msg}: 10.5.0.3 is not reserved for it`);
    host.sh(`rm ${store}/10.5.0.2`);
    expect(check('c1', '10.5.0.2/24').json.msg).toBe(msg);
  });

  test('notices a reservation that another container has taken', () => {
    add('c1');
    host.sh(`printf 'c2\\r\\neth0' > ${store}/10.5.0.2`);
    expect(check('c1', '10.5.0.2/24').json.msg).toBe(msg);
  });
});

describe('GC', () => {
  const gc = (valid: string[]) =>
    call('GC', undefined, {
      conf: { 'cni.dev/valid-attachments': valid.map((id) => ({ containerID: id, ifname: 'eth0' })) },
    });

  test('removes what is not valid, whoever made it, of this network only', () => {
    for (const id of ['c1', 'c2']) add(id);
    callReference('ADD', attachment('c3'));
    add('c1', { conf: { name: 'other' } });
    expect(gc(['c2'])).toMatchObject(silence);
    expect(reserved()).toEqual(['10.5.0.3']);
    expect(host.sh('ls /var/lib/cni/networks/other')).toContain('10.5.0.2');
    expect(del('c2')).toMatchObject(silence);
  });

  test('without a list touches nothing', () => {
    add('c1');
    expect(call('GC', undefined).json.code).toBe(7);
    expect(reserved()).toEqual(['10.5.0.2']);
  });

  test('goes on behind a failure and reports it', () => {
    add('c1');
    add('c2');
    host.sh(`mkdir ${store}/10.5.0.9`);
    expect(gc([]).json).toMatchObject({ code: 5, msg: expect.stringContaining('release 10.5.0.9') });
    expect(reserved()).toEqual(['10.5.0.9']);
  });
});

describe('STATUS', () => {
  test('is 50 while a set is full, naming it', () => {
    const ipam = { ranges: [[{ subnet }], [{ subnet: '10.6.0.0/30' }]] };
    expect(call('STATUS', undefined, { ipam })).toMatchObject(silence);
    expect(host.sh('ls -A /var/lib/cni')).toBe('');
    add('c1', { ipam });
    expect(call('STATUS', undefined, { ipam }).json).toMatchObject({
      code: 50,
      msg: 'failed to allocate for range 1: no IP addresses available in range set: 10.6.0.1-10.6.0.2',
    });
    del('c1', { ipam });
    expect(call('STATUS', undefined, { ipam })).toMatchObject(silence);
  });
});

test.each(['../x', 'a b', 'a\nb', '', 'a/b'])(
  'container id %j is refused before anything is touched',
  (containerId) => {
    expect(call('ADD', { ...attachment('c1'), containerId }).json.code).toBe(4);
    expect(host.sh('ls -A /var/lib/cni')).toBe('');
  },
);

test('a container id longer than a file name', () => {
  const id = 'a'.repeat(3000);
  expect(add(id)).toBe('10.5.0.2');
  expect(del(id)).toMatchObject(silence);
  expect(reserved()).toEqual([]);
});
