/** A host or a configuration whose firewall changes between ADD and DEL: everything is found again and removed. */
import { attachment, callPlugin, createSandbox, type Json, succeeded } from './cni-call';
import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

let host: PrivateHost;

beforeEach(async () => {
  host = await PrivateHost.create();
  createSandbox(host, 'c1');
});
afterEach(() => host.destroy());

const plain: Json = {
  cniVersion: '1.1.0',
  name: 'net',
  type: 'bridge',
  bridge: 'br0',
  isGateway: true,
  ipam: { type: 'host-local', ranges: [[{ subnet: '10.60.0.0/24' }], [{ subnet: 'fd60::/64' }]] },
};
const wanted = { ipMasq: true, macspoofchk: true, internal: true };
const target = attachment('c1');

function call(command: 'ADD' | 'DEL' | 'GC', keys: Json): void {
  const valid = command === 'GC' ? { 'cni.dev/valid-attachments': [] } : {};
  const options = command === 'GC' ? {} : { target };
  succeeded(callPlugin(host, { command, conf: { ...plain, ...keys, ...valid }, ...options }));
}

function rules(): string {
  return host.sh('iptables-save; ip6tables-save; nft list ruleset');
}

const nftables = { ipMasqBackend: 'nftables' };
const iptables = { ipMasqBackend: 'iptables' };

it.each<[string, Json, 'DEL' | 'GC', Json]>([
  ['nftables, then iptables', nftables, 'DEL', { ...wanted, ...iptables }],
  ['iptables, then nftables', iptables, 'DEL', { ...wanted, ...nftables }],
  ['nftables, then none', nftables, 'DEL', { ...wanted, firewallBackend: 'none' }],
  ['nftables, then no key at all', nftables, 'DEL', {}],
  ['iptables, then no key at all', iptables, 'DEL', {}],
  ['nftables, then GC under iptables', nftables, 'GC', { ...wanted, ...iptables }],
  ['iptables, then GC without a key', iptables, 'GC', {}],
])('%s: no trace', (_, made, command, then) => {
  const before = takeSnapshot(host, { netns: ['c1'], except: ['br0'] });
  call('ADD', { ...wanted, ...made });
  expect(rules().match(/tsnet:(masquerade|policy|macspoofchk):net/g)).toEqual(
    expect.arrayContaining(['tsnet:masquerade:net', 'tsnet:policy:net', 'tsnet:macspoofchk:net']),
  );
  call(command, then);
  expect(rules()).not.toContain('tsnet');
  expect(takeSnapshot(host, { netns: ['c1'], except: ['br0'] })).toEqual(before);
});

it('what others of the network still use stays, until the last one goes', () => {
  createSandbox(host, 'c2');
  const other = attachment('c2');
  call('ADD', { ...wanted, ...nftables });
  succeeded(callPlugin(host, { command: 'ADD', conf: { ...plain, ...wanted, ...nftables }, target: other }));
  call('DEL', {});
  expect(rules()).toContain('tsnet:masquerade:net');
  expect(rules()).not.toContain('tsnet:macspoofchk:net/c1');
  succeeded(callPlugin(host, { command: 'DEL', conf: plain, target: other }));
  expect(rules()).not.toContain('tsnet');
});
