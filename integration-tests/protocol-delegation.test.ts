/** Delegation and rollback as seen from outside: bridge with IPAM plugins that misbehave, and with the reference's. */
import { setTimeout } from 'node:timers/promises';
import { attachment, type Command, callPlugin, type Json, parseDocument, succeeded } from './cni-call';
import { binFolder, PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

const fakeFolder = '/run/fake';
const target = attachment('c1');
const lease = '{"cniVersion":"1.0.0","ips":[{"address":"10.60.0.2/24"}]}';

let host: PrivateHost;
beforeEach(async () => {
  host = await PrivateHost.create();
  host.sh(`ip netns add c1; mkdir ${fakeFolder}`);
});
afterEach(() => host.destroy());

/** Installs an IPAM plugin `fake` that records its commands and then runs `script`. */
function install(script: string): void {
  const text = `#!/bin/sh\necho "$CNI_COMMAND" >>/run/record\n${script}\n`;
  host.exec(['sh', '-c', `cat >${fakeFolder}/fake; chmod 755 ${fakeFolder}/fake`], { input: text });
}

const recorded = () => host.sh('cat /run/record 2>/dev/null || true').trim().split('\n');
const confOf = (change: Json = {}): Json => ({
  cniVersion: '1.1.0',
  name: 'net',
  type: 'bridge',
  bridge: 'br0',
  isDefaultGateway: true,
  ipMasq: true,
  ipam: { type: 'fake' },
  ...change,
});
const call = (command: Command, change: Json = {}) =>
  callPlugin(host, { command, conf: confOf(change), target, path: `${fakeFolder}:${binFolder}` });

/** The bridge itself is shared, so it stays; the record is ours. */
const snapshot = () => {
  const state = takeSnapshot(host, { netns: ['c1'], except: ['br0'] });
  return { ...state, files: state.files.filter((line) => !/\/run\/(record|fake)/.test(line)) };
};

test('the whole life of an attachment reaches the IPAM plugin', () => {
  install(`[ "$CNI_COMMAND" != ADD ] || echo '${lease}'`);
  const prevResult = succeeded(call('ADD')).json;
  expect(prevResult.ips).toEqual([{ address: '10.60.0.2/24', gateway: '10.60.0.1', interface: 2 }]);
  succeeded(call('CHECK', { prevResult }));
  succeeded(call('DEL', { prevResult }));
  succeeded(call('GC', { 'cni.dev/valid-attachments': [] }));
  succeeded(call('STATUS'));
  expect(recorded()).toEqual(['ADD', 'CHECK', 'DEL', 'GC', 'STATUS']);
});

test.each([
  [
    `echo '{"code":11,"msg":"try later","details":"dd"}'; exit 1`,
    { code: 11, msg: 'try later', details: 'dd' },
  ],
  ['echo junk; exit 1', { code: 999, msg: expect.stringContaining('error parsing its diagnostic message') }],
  ['echo junk', { code: 6, msg: expect.stringContaining('failed to unmarshal raw result') }],
  [`echo '{"ips":[]}'`, { code: 999, msg: 'IPAM plugin returned missing IP config' }],
  [`echo '{"cniVersion":"9.9.9"}'`, { code: 1 }],
  [`echo '{"ips":[{"address":"10.60.0.2"}]}'`, { code: 7 }],
])('an ADD answered by %j leaves no trace, and the IPAM plugin is told to release', (script, error) => {
  const before = snapshot();
  install(`[ "$CNI_COMMAND" != ADD ] || { ${script}; }`);
  const reply = call('ADD');
  expect(reply.code).toBe(1);
  expect(reply.json).toMatchObject({ cniVersion: '1.1.0', ...error });
  expect(recorded()).toEqual(['ADD', 'DEL']);
  expect(snapshot()).toEqual(before);
});

test('an ADD whose result the version cannot express leaves no trace', () => {
  const before = snapshot();
  const reply = call('ADD', { cniVersion: '0.2.0', ipam: {}, isDefaultGateway: false, ipMasq: false });
  expect(reply.json).toMatchObject({ cniVersion: '0.2.0', msg: 'cannot convert: no valid IP addresses' });
  expect(snapshot()).toEqual(before);
});

test('a bridge that is asked to stop while it waits leaves no trace', async () => {
  const before = snapshot();
  install('[ "$CNI_COMMAND" != ADD ] || { echo $PPID >/run/record.pid; exec sleep 30; }');
  const env = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: target.containerId,
    CNI_NETNS: target.netns,
    CNI_IFNAME: target.ifName,
    CNI_PATH: fakeFolder,
  };
  const done = host.execAsync([`${binFolder}/bridge`], { env, input: JSON.stringify(confOf()) });
  for (let tries = 0; host.exec(['test', '-s', '/run/record.pid']).code !== 0 && tries < 200; tries++)
    await setTimeout(50);
  host.sh('kill -TERM $(cat /run/record.pid)');
  const { code, stdout } = await done;
  expect({ code, json: parseDocument(stdout) }).toMatchObject({
    code: 1,
    json: { code: 11, msg: 'ADD interrupted: SIGTERM' },
  });
  expect(snapshot()).toEqual(before);
});

test("the reference's host-local is executed when it is found first", () => {
  const path = `/usr/lib/cni:${binFolder}`;
  const ipam = { type: 'host-local', subnet: '10.61.0.0/24' };
  const conf = confOf({ ipam, cniVersion: '1.0.0' });
  const { ips } = succeeded(callPlugin(host, { command: 'ADD', conf, target, path })).json;
  expect(ips).toMatchObject([{ address: '10.61.0.2/24', gateway: '10.61.0.1' }]);
  expect(host.sh('cat /var/lib/cni/networks/net/10.61.0.2')).toBe('c1\r\neth0');
  succeeded(callPlugin(host, { command: 'DEL', conf, target, path }));
  expect(host.exec(['test', '-e', '/var/lib/cni/networks/net/10.61.0.2']).code).toBe(1);
});

test('a MAC for the bridge is not an unknown argument of our own IPAM', () => {
  const conf = confOf({ ipam: { type: 'host-local', subnet: '10.62.0.0/24' } });
  const cniArgs = 'MAC=02:11:22:33:44:55';
  const { interfaces } = succeeded(callPlugin(host, { command: 'ADD', conf, target, cniArgs })).json;
  expect(interfaces[2]!.mac).toBe('02:11:22:33:44:55');
  succeeded(callPlugin(host, { command: 'DEL', conf, target, cniArgs }));
});

test('names as long as they may be, and a megabyte of configuration', () => {
  const before = snapshot();
  const long = { containerId: 'c'.repeat(200), netns: '/run/netns/c1', ifName: 'e'.repeat(15) };
  const ipam = { type: 'host-local', subnet: '10.63.0.0/24' };
  const conf = confOf({ name: 'n'.repeat(250), macspoofchk: true, ipam, padding: 'x'.repeat(1 << 20) });
  const run = (command: Command, change: Json = {}) =>
    succeeded(callPlugin(host, { command, conf: { ...conf, ...change }, target: long })).json;
  const prevResult = run('ADD');
  run('CHECK', { prevResult });
  run('DEL', { prevResult });
  expect(snapshot()).toEqual(before);
});
