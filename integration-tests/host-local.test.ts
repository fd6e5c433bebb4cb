/** host-local: results, refusals, CHECK, GC and STATUS. */
import { attachment } from './cni-call';
import {
  add,
  call,
  callReference,
  del,
  host,
  type Options,
  reserved,
  silence,
  store,
  subnet,
} from './host-local-suite';

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
