/** What the reference's plugins refuse, ours refuse with the same words in their message: logs are searched for them. */
import { attachment, type Command, type Json } from './cni-call';
import { ReferencePair } from './reference-pair';

let pair: ReferencePair;
beforeAll(async () => {
  pair = await ReferencePair.create();
});
afterAll(() => pair.destroy());

interface Call {
  command?: Command;
  cniArgs?: string;
  env?: Record<string, string>;
}

const single = { type: 'host-local', subnet: '10.1.0.0/24' };
const prevResult = { cniVersion: '1.0.0', ips: [{ address: '10.1.0.2/24' }] };
const mapping = { hostPort: 80, containerPort: 80, protocol: 'tcp' };

/** The reference leaves `eth0` behind when IPAM fails, so only one case may come so far. */
const bridge: [Json, Call?][] = [
  [{ hairpinMode: true, promiscMode: true }],
  [{ vlan: 5000 }],
  [{ vlan: -1 }],
  [{ bridge: 'lo' }],
  [{ runtimeConfig: { mac: 'zz' } }],
  [{ args: { cni: { mac: 'zz' } } }],
  [{}, { cniArgs: 'MAC=zz' }],
  [{}, { cniArgs: 'FOO=BAR' }],
  [{}, { cniArgs: 'FOO' }],
  [{}, { cniArgs: ';' }],
  [{}, { cniArgs: 'A=b=c;IgnoreUnknown=1' }],
  [{}, { cniArgs: 'IgnoreUnknown=maybe' }],
  [{ ipam: { type: '../x' } }],
  [{ ipam: single }, { env: { CNI_NETNS: '/run/netns/none' } }],
  [{}, { env: { CNI_IFNAME: 'a'.repeat(16) } }],
  [{}, { env: { CNI_IFNAME: '..' } }],
  [{}, { env: { CNI_IFNAME: 'a b' } }],
  [{}, { env: { CNI_CONTAINERID: '-x' } }],
  [{}, { env: { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' } }],
  [{}, { env: { CNI_PATH: '' } }],
  [{}, { env: { CNI_COMMAND: 'add' } }],
  [{ cniVersion: '9.9.9' }],
  [{ cniVersion: '1.0' }],
  [{ name: '' }],
  [{ name: 'a/b' }],
  [{ cniVersion: '0.3.1' }, { command: 'CHECK' }],
  [{ cniVersion: '9.9.9' }, { command: 'CHECK' }],
  [{ ipam: single, prevResult }, { command: 'CHECK' }],
];

const hostLocal: [Json, Call?][] = [
  [{ ipam: null }],
  [{ ipam: {} }],
  [{ ipam: { ranges: [] } }],
  [{ ipam: { ranges: [[]] } }],
  [{ ipam: { subnet: '10/8' } }],
  [{ ipam: { subnet: '192.0.2.12/24' } }],
  [{ ipam: { subnet: '192.0.2.0/31' } }],
  [{ ipam: { subnet: 'fd00::/127' } }],
  [{ ipam: { ...single, rangeStart: '10.2.0.1' } }],
  [{ ipam: { ...single, rangeEnd: '10.2.0.1' } }],
  [{ ipam: { ...single, rangeStart: '10.1.0.9', rangeEnd: '10.1.0.3' } }],
  [{ ipam: { ...single, rangeStart: 'zz' } }],
  [{ ipam: { ...single, gateway: 'zz' } }],
  [{ ipam: { ranges: [[{ subnet: '10.1.0.0/24' }, { subnet: 'fd00::/64' }]] } }],
  [{ ipam: { ranges: [[{ subnet: '10.1.0.0/24' }, { subnet: '10.1.0.0/25' }]] } }],
  [{ ipam: { ranges: [[{ subnet: '10.1.0.0/24' }], [{ subnet: '10.1.0.0/25' }]] } }],
  [{ cniVersion: '0.2.0', ipam: { ranges: [[{ subnet: '10.1.0.0/24' }], [{ subnet: '10.2.0.0/24' }]] } }],
  [{ ipam: { ...single, routes: [{ dst: 'zz' }] } }],
  [{ ipam: { ...single, routes: [{ dst: '0.0.0.0/0', gw: 'zz' }] } }],
  [{ ipam: single }, { cniArgs: 'IP=zz' }],
  [{ ipam: single }, { cniArgs: 'IP=10.1.0.1' }],
  [{ ipam: single }, { cniArgs: 'IP=10.9.0.1' }],
  [{ ipam: single }, { cniArgs: 'GATEWAY=10.1.0.1' }],
  [{ ipam: single, args: { cni: { ips: ['zz'] } } }],
  [{ ipam: single, args: { cni: { ips: ['10.1.0.9', '10.1.0.10'] } } }],
  [{ ipam: single }, { command: 'CHECK' }],
];

const fixed: [Json, Call?][] = [
  [{}],
  [{ ipam: { addresses: [{ address: '10.10.0.1' }] } }],
  [{ ipam: { addresses: [{}] } }],
  [{ ipam: { addresses: [{ address: '10.10.0.1/24', gateway: 'zz' }] } }],
  [{ ipam: {}, args: { cni: { ips: ['10.1.0.1'] } } }],
  [{ ipam: {} }, { cniArgs: 'IP=10.10.0.1' }],
  [{ ipam: {} }, { cniArgs: 'IP=10.10.0.1/24;GATEWAY=zz' }],
];

const portmap: [Json, Call?][] = [
  [{ runtimeConfig: { portMappings: [mapping] } }],
  [{ prevResult, runtimeConfig: { portMappings: [{ ...mapping, hostPort: 0 }] } }],
  [{ prevResult, runtimeConfig: { portMappings: [{ ...mapping, containerPort: 0 }] } }],
  [{ prevResult, externalSetMarkChain: 'X', markMasqBit: 3 }],
  [{ prevResult, markMasqBit: 32 }],
  [{ prevResult, markMasqBit: -1 }],
];

describe.each([
  ['bridge', bridge],
  ['host-local', hostLocal],
  ['static', fixed],
  ['portmap', portmap],
] as const)('%s', (type, cases) => {
  test.each(cases)('%j %j', async (keys, call = {}) => {
    const conf = { cniVersion: '1.0.0', name: 'net', type, ...keys };
    const { ours, theirs } = await pair.call({ command: 'ADD', target: attachment('c1'), conf, ...call });
    expect([ours.code, theirs.code]).toEqual([1, 1]);
    expect(ours.json.msg).toContain(theirs.json.msg);
    if (theirs.json.code < 100) expect(ours.json.code).toBe(theirs.json.code);
  });
});

test.each(['', 'x', '[]', '{"name":5}', '{"name":"n","cniVersion":5}'])('input %j', async (conf) => {
  const { ours, theirs } = await pair.call({ command: 'ADD', target: attachment('c1'), conf }, 'static');
  const opening = (msg: string) => msg.slice(0, msg.indexOf(': '));
  expect([ours.code, ours.json.code, opening(ours.json.msg)]).toEqual([
    theirs.code,
    theirs.json.code,
    opening(theirs.json.msg),
  ]);
});
