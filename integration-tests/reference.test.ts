/** Ours beside the reference's plugins: the same calls give the same answers, kernel state, files and words of refusal. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { attachment, type Command, type Json } from './cni-call';
import { comparable, ReferencePair } from './reference-pair';

const target = attachment('c1');
const versions = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0'];

let pair: ReferencePair;
beforeEach(async () => {
  pair = await ReferencePair.create();
});
afterEach(() => pair.destroy());

const confOf = (type: string, keys: Json): Json => ({ cniVersion: '1.0.0', name: 'net', type, ...keys });
const bridgeOf = (keys: Json): Json => confOf('bridge', { bridge: 'br0', ...keys });
const single = { type: 'host-local', subnet: '10.1.0.0/24' };
const dual = {
  type: 'host-local',
  ranges: [[{ subnet: '10.1.0.0/24' }], [{ subnet: 'fd00:1::/64' }]],
  routes: [{ dst: '0.0.0.0/0' }, { dst: '192.168.7.0/24', gw: '10.1.0.9' }, { dst: 'fd09::/64' }],
};
const fixed = {
  type: 'static',
  addresses: [{ address: '10.1.0.5/24', gateway: '10.1.0.1' }, { address: 'fd00::5/64' }],
  routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.1' }],
  dns: { nameservers: ['192.0.2.1'], domain: 'example.com' },
};
const prevResult = {
  cniVersion: '1.0.0',
  interfaces: [{ name: 'eth0', sandbox: target.netns }],
  ips: [{ interface: 0, address: '10.1.0.2/24', gateway: '10.1.0.1' }],
  routes: [{ dst: '0.0.0.0/0' }],
  dns: { nameservers: ['192.0.2.1'] },
};

interface Options {
  command?: Command;
  cniArgs?: string;
}

const call = (conf: Json | string, type: string, options: Options = {}) =>
  pair.call({ command: 'ADD', target, ...options, conf }, type);

async function expectSame(conf: Json | string, type: string, options?: Options): Promise<void> {
  const { ours, theirs } = await call(conf, type, options);
  expect(comparable(ours)).toEqual(comparable(theirs));
  expect(ours).toMatchObject({ code: 0, stderr: '' });
  const state = pair.readState();
  expect(state.ours).toEqual(state.theirs);
}

describe.each(versions)('in version %s', (cniVersion) => {
  test.each([
    ['bridge', { bridge: 'br0', isGateway: true, ipam: dual }],
    ['bridge', { bridge: 'br0', isDefaultGateway: true, ipam: single, dns: { nameservers: ['192.0.2.9'] } }],
    ['host-local', { ipam: dual }],
    ['static', { ipam: fixed }],
  ])('%s with %j', async (type, keys) => {
    await expectSame(confOf(type, { ...keys, cniVersion }), type);
  });
});

/** The bridge's carrier follows the last port's going a moment later, whoever removed it. */
async function expectSameState(): Promise<void> {
  let state = pair.readState();
  for (let tries = 0; tries < 40 && !isDeepStrictEqual(state.ours, state.theirs); tries++) {
    await sleep(50);
    state = pair.readState();
  }
  expect(state.ours).toEqual(state.theirs);
}

describe('bridge', () => {
  test.each<[Json, string?]>([
    [{}],
    [{ ipam: {} }],
    [{ ipam: null }],
    [{ ipam: { type: '' } }],
    [{ hairpinMode: true, ipam: single }],
    [{ promiscMode: true }],
    [{ mtu: 1400, ipam: single }],
    [{ isDefaultGateway: true, ipam: { ...single, routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.1' }] } }],
    [{ isDefaultGateway: true, ipam: { type: 'static', addresses: [{ address: '10.1.0.5/24' }] } }],
    [{ dns: { nameservers: [] }, ipam: fixed }],
    [{ dns: { search: [] }, ipam: fixed }],
    [{ isGateway: null, ipMasq: null, mtu: null, dns: null, runtimeConfig: null, args: null }],
    [{ runtimeConfig: { mac: '02:11:22:33:44:55', foo: { bar: 1 }, bandwidth: null } }],
    [{ args: { cni: { mac: '02:11:22:33:44:55' } }, runtimeConfig: { mac: '' } }],
    [{ ipam: single }, 'MAC=02:11:22:33:44:55;IgnoreUnknown=1'],
    [{ ipam: single }, 'IgnoreUnknown=true;IP=10.1.0.7;K8S_POD_NAME=x'],
    [{ name: 'n'.repeat(250), ipam: single }],
    [{ BRIDGE: 'br0', bridge: 'other', Bridge: 'br0', IPAM: { ...single, SUBNET: '10.2.0.0/24' } }],
  ])('%j %s', async (keys, cniArgs = '') => {
    await expectSame(bridgeOf(keys), 'bridge', { cniArgs });
  });

  test('DEL and DEL again leave the same behind', async () => {
    const conf = bridgeOf({ isGateway: true, ipam: dual });
    await call(conf, 'bridge');
    for (let times = 0; times < 2; times++) {
      const { ours, theirs } = await call(conf, 'bridge', { command: 'DEL' });
      expect([ours.code, ours.stdout]).toEqual([theirs.code, theirs.stdout]);
      await expectSameState();
    }
  });
});

describe('host-local', () => {
  test.each<[Json, string?]>([
    [{ ipam: { ...single, gateway: '10.9.0.1' } }],
    [{ ipam: { ...single, gateway: '', rangeStart: '10.1.0.20', rangeEnd: '10.1.0.30' } }],
    [
      {
        ipam: single,
        runtimeConfig: { ips: ['10.1.0.9/24'], ipRanges: [[{ subnet: '10.3.0.0/24' }]], x: 1 },
      },
    ],
    [{ ipam: single, runtimeConfig: { ips: null, ipRanges: null }, args: { cni: null } }],
    [{ ipam: { subnet: '10.1.0.0/30', routes: [{ dst: '192.168.7.9/24', gw: '' }] } }],
    [{ ipam: { subnet: 'fd00:0:0::/64', rangeStart: 'fd00::0010' } }],
    [{ ipam: single }, 'IP=10.1.0.7'],
    [{ ipam: single }, 'IP='],
  ])('%j %s', async (keys, cniArgs = '') => {
    await expectSame(confOf('host-local', keys), 'host-local', { cniArgs });
  });

  test('one address after the other, round the range', async () => {
    const conf = confOf('host-local', { ipam: { subnet: '10.1.0.0/29' } });
    const run = async (command: Command, id: string) => {
      const { ours, theirs } = await pair.call({ command, conf, target: attachment(id) }, 'host-local');
      expect(comparable(ours)).toEqual(comparable(theirs));
    };
    for (const id of ['a', 'b', 'c', 'd']) await run('ADD', id);
    for (const id of ['b', 'a']) await run('DEL', id);
    for (const id of ['e', 'f', 'g']) await run('ADD', id);
    const state = pair.readState();
    expect(state.ours).toEqual(state.theirs);
  });

  test.each([
    '{"CNIVERSION":"1.0.0","NAME":"n","IPAM":{"SUBNET":"10.1.0.0/24"}}',
    '{"cniVersion":"1.0.0","name":"a","name":"n","ipam":{"subnet":"10.1.0.0/24","subnet":"10.2.0.0/24"}}',
    '{"name":"n","ipam":{"subnet":"10.1.0.0/24"}}',
    '{"cniVersion":null,"name":"n","ipam":{"subnet":"10.1.0.0/24"}}',
  ])('%s', async (input) => {
    await expectSame(input, 'host-local');
  });
});

describe('static', () => {
  const other = { type: 'static', addresses: [{ address: '10.2.0.1/24' }] };
  test.each<[Json, string?]>([
    [{ ipam: {} }],
    [{ ipam: other, args: { cni: { ips: [] } } }],
    [{ ipam: other, args: { cni: { ips: ['10.5.0.1/24'] } }, runtimeConfig: { ips: [] } }],
    [{ ipam: other, args: { cni: { ips: ['10.5.0.1/24'] } }, runtimeConfig: { ips: ['10.3.0.1/24'] } }],
    [{ ipam: other }, 'IP=10.10.0.1/24,10.11.0.1/24;GATEWAY=10.11.0.254'],
  ])('%j %s', async (keys, cniArgs = '') => {
    await expectSame(confOf('static', keys), 'static', { cniArgs });
  });
});

test.each([
  ['loopback', {}],
  ['loopback', { prevResult }],
  ['portmap', { prevResult }],
  ['portmap', { prevResult, runtimeConfig: { portMappings: null } }],
])('%s with %j', async (type, keys) => {
  await expectSame(confOf(type, keys), type);
});
