import { type Command, callPlugin, type Json } from './cni-call';
import { PrivateHost } from './private-host';

let host: PrivateHost;
beforeAll(async () => {
  host = await PrivateHost.create();
});
afterAll(() => host.destroy());

const target = { containerId: 'c1', netns: '/run/netns/none', ifName: 'eth0' };
const addresses = [
  { address: '10.10.0.1/24', gateway: '10.10.0.254' },
  { address: '3ffe:ffff:0:1ff::1/64', gateway: '3ffe:ffff::1' },
];

function call(
  command: Command,
  ipam: Json | undefined,
  rest: { extra?: Json; cniArgs?: string; version?: string } = {},
) {
  const conf = {
    cniVersion: rest.version ?? '1.1.0',
    name: 'n',
    ...(ipam && { ipam: { type: 'static', ...ipam } }),
    ...rest.extra,
  };
  return callPlugin(
    host,
    { command, conf, target, ...(rest.cniArgs && { cniArgs: rest.cniArgs }) },
    'static',
  );
}

test('gives addresses, routes and dns as they are configured', () => {
  const routes = [{ dst: '0.0.0.0/0' }, { dst: '192.168.0.0/16', gw: '10.10.5.1' }];
  const dns = { nameservers: ['10.10.0.254'], search: ['example.com'] };
  expect(call('ADD', { addresses, routes, dns }).json).toEqual({
    cniVersion: '1.1.0',
    ips: addresses,
    routes,
    dns,
  });
});

test.each([
  [
    '0.2.0',
    {
      ip4: { ip: '10.10.0.1/24', gateway: '10.10.0.254' },
      ip6: { ip: '3ffe:ffff:0:1ff::1/64', gateway: '3ffe:ffff::1' },
      dns: {},
    },
  ],
  [
    '0.4.0',
    {
      ips: [
        { version: '4', ...addresses[0] },
        { version: '6', ...addresses[1] },
      ],
      dns: {},
    },
  ],
])('answers in version %s', (version, expected) => {
  expect(call('ADD', { addresses }, { version }).json).toEqual({ cniVersion: version, ...expected });
});

test('the reference plugin gives the same', () => {
  const conf = {
    cniVersion: '1.0.0',
    name: 'n',
    ipam: { type: 'static', addresses: [{ address: '10.10.0.1/24' }] },
  };
  const cniArgs = 'IgnoreUnknown=1;IP=10.11.0.1/24,3FFE::1/64;GATEWAY=10.11.0.254,3ffe::5;K8S_POD_NAME=p';
  const ours = callPlugin(host, { command: 'ADD', conf, target, cniArgs }, 'static').json;
  const env = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'c1',
    CNI_NETNS: '/n',
    CNI_IFNAME: 'eth0',
    CNI_PATH: '/x',
    CNI_ARGS: cniArgs,
  };
  const theirs = host.exec(['/usr/lib/cni/static'], { input: JSON.stringify(conf), env });
  const { dns: _empty, ...expected } = JSON.parse(theirs.stdout);
  expect(ours).toEqual(expected);
});

test('what the runtime asks for replaces the configuration', () => {
  const structured = { args: { cni: { ips: ['10.1.0.5/16'] } } };
  expect(call('ADD', { addresses }, { extra: structured }).json.ips).toEqual([{ address: '10.1.0.5/16' }]);
  const capability = { ...structured, runtimeConfig: { ips: ['10.2.0.5/16', 'fd00::5/64'] } };
  expect(call('ADD', { addresses }, { extra: capability }).json.ips).toEqual([
    { address: '10.2.0.5/16' },
    { address: 'fd00::5/64' },
  ]);
});

test.each<[string, ReturnType<typeof call> | (() => ReturnType<typeof call>), number, string]>([
  ['no section', () => call('ADD', undefined), 7, "IPAM config missing 'ipam' key"],
  [
    'no prefix',
    () => call('ADD', { addresses: [{ address: '10.10.0.1' }] }),
    7,
    "the 'address' field is expected to be in CIDR notation, got: '10.10.0.1'",
  ],
  [
    'no prefix in CNI_ARGS',
    () => call('ADD', {}, { cniArgs: 'IP=10.10.0.1' }),
    4,
    "the 'ip' field is expected to be in CIDR notation, got: '10.10.0.1'",
  ],
  [
    'a bad gateway in CNI_ARGS',
    () => call('ADD', {}, { cniArgs: 'IP=10.10.0.1/24;GATEWAY=zz' }),
    4,
    'invalid gateway address: zz',
  ],
  ['an unknown argument', () => call('ADD', {}, { cniArgs: 'FOO=1' }), 4, 'ARGS: unknown args ["FOO=1"]'],
  [
    'two addresses of a family in 0.2.0',
    () => call('ADD', { addresses: [addresses[0]!, { address: '10.11.0.1/24' }] }, { version: '0.2.0' }),
    7,
    'CNI version 0.2.0 does not support more than 1 address per family',
  ],
])('%s is refused', (_, run, code, msg) => {
  const reply = typeof run === 'function' ? run() : run;
  expect(reply).toMatchObject({ code: 1, json: { code, msg } });
});

test('mistakes of the configuration are listed with their places', () => {
  const { json } = call('ADD', { addresses: [{ address: 5, gateway: 'x' }], routes: [{ dst: '10.0.0.0' }] });
  expect(json.code).toBe(7);
  for (const place of ['ipam.addresses.0.address', 'ipam.addresses.0.gateway', 'ipam.routes.0.dst'])
    expect(json.msg).toContain(place);
});

test('CHECK notices an address or a gateway that the result does not have', () => {
  const check = (ips: Json[]) =>
    call(
      'CHECK',
      { addresses: addresses.slice(0, 1) },
      { extra: { prevResult: { cniVersion: '1.1.0', ips } } },
    );
  expect(check(addresses)).toMatchObject({ code: 0, stdout: '' });
  const msg = 'static: Failed to match addr 10.10.0.1 on interface eth0';
  expect(check([addresses[1]!]).json.msg).toBe(msg);
  expect(check([{ ...addresses[0], gateway: '10.10.0.253' }]).json.msg).toBe(msg);
});

test('DEL, GC and STATUS have nothing to do', () => {
  expect(call('DEL', {})).toMatchObject({ code: 0, stdout: '' });
  expect(call('GC', {}, { extra: { 'cni.dev/valid-attachments': [] } })).toMatchObject({
    code: 0,
    stdout: '',
  });
  expect(call('STATUS', { addresses })).toMatchObject({ code: 0, stdout: '' });
});
