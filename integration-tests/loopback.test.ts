/** The loopback plugin, and with it what every result and prevResult must look like in each version. */
import { type Attachment, type Command, callPlugin, type Json, succeeded } from './cni-call';
import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

let host: PrivateHost;
beforeEach(async () => {
  host = await PrivateHost.create();
  host.sh('ip netns add c1');
});
afterEach(() => host.destroy());

const target: Attachment = { containerId: 'c1', netns: '/run/netns/c1', ifName: 'lo' };
const confOf = (change: Json = {}): Json => ({
  cniVersion: '1.1.0',
  name: 'net',
  type: 'loopback',
  ...change,
});
const call = (command: Command, change: Json = {}, to: Partial<Attachment> = target) =>
  callPlugin(host, { command, conf: confOf(change), target: to });
const inside = (command: string) => host.sh(`ip netns exec c1 ${command}`);
const lo = () => JSON.parse(inside('ip -j addr show lo'))[0];
const isUp = (): boolean => lo().flags.includes('UP');

const iface = { name: 'lo', mac: '00:00:00:00:00:00', sandbox: '/run/netns/c1' };

test.each([
  ['0.1.0', { ip4: { ip: '127.0.0.1/8' }, ip6: { ip: '::1/128' }, dns: {} }],
  ['0.2.0', { ip4: { ip: '127.0.0.1/8' }, ip6: { ip: '::1/128' }, dns: {} }],
  ...['0.3.0', '0.3.1', '0.4.0'].map((version): [string, Json] => [
    version,
    {
      interfaces: [iface],
      ips: [
        { version: '4', interface: 0, address: '127.0.0.1/8' },
        { version: '6', interface: 0, address: '::1/128' },
      ],
      dns: {},
    },
  ]),
  ...['1.0.0', '1.1.0'].map((version): [string, Json] => [
    version,
    {
      interfaces: [version === '1.1.0' ? { ...iface, mtu: 65536 } : iface],
      ips: [
        { interface: 0, address: '127.0.0.1/8' },
        { interface: 0, address: '::1/128' },
      ],
    },
  ]),
])('ADD of %s brings lo up and answers in that version', (cniVersion, result) => {
  const reply = succeeded(call('ADD', { cniVersion }));
  expect(reply.json).toEqual({ cniVersion, ...result });
  expect(reply.stderr).toBe('');
  expect(isUp()).toBe(true);
});

test('keys are matched in any spelling', () => {
  const conf = '{"CNIVERSION":"0.4.0","cniversion":"1.0.0","NAME":"net","DNS":null}';
  const reply = callPlugin(host, { command: 'ADD', conf, target }, 'loopback');
  expect(succeeded(reply).json.cniVersion).toBe('1.0.0');
});

test('a previous result passes through whole, converted when it is of another version', () => {
  const prevResult = {
    cniVersion: '0.4.0',
    interfaces: [{ name: 'eth0', sandbox: '/run/netns/c1', note: 1 }],
    ips: [{ version: '4', interface: 0, address: '10.0.0.2/24', gateway: '10.0.0.1' }],
    routes: [{ dst: '0.0.0.0/0', mtu: 1400 }],
    dns: { nameservers: ['10.0.0.1'], more: {} },
    unknown: [null],
  };
  const { json } = succeeded(call('ADD', { cniVersion: '1.0.0', prevResult }));
  const [{ version: _version, ...ip }] = prevResult.ips as unknown as [Json];
  expect(json).toEqual({ ...prevResult, cniVersion: '1.0.0', ips: [ip] });
});

test('an address on lo that is none of the loopback is refused, and lo left as it was', () => {
  inside('ip addr add 10.3.3.3/32 dev lo');
  const before = takeSnapshot(host, { netns: ['c1'] });
  expect(call('ADD').json).toMatchObject({
    msg: 'loopback interface found with non-loopback address "10.3.3.3"',
  });
  expect(takeSnapshot(host, { netns: ['c1'] })).toEqual(before);
});

test('ADD and DEL leave no trace', () => {
  const before = takeSnapshot(host, { netns: ['c1'] });
  succeeded(call('ADD'));
  succeeded(call('DEL'));
  expect(takeSnapshot(host, { netns: ['c1'] })).toEqual(before);
});

test.each([
  ['live', '/run/netns/c1'],
  ['missing', '/run/netns/gone'],
  ['empty', ''],
])('DEL with a %s namespace succeeds and says nothing, before ADD, after it, and twice', (_what, netns) => {
  const del = () => call('DEL', { prevResult: 'unreadable' }, { ...target, netns });
  const replies = [del()];
  succeeded(call('ADD'));
  replies.push(del(), del());
  for (const { code, stdout, stderr } of replies)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
});

describe('CHECK', () => {
  test('agrees after ADD, with and without the previous result', () => {
    const prevResult = succeeded(call('ADD')).json;
    expect(succeeded(call('CHECK', { prevResult })).stdout).toBe('');
    expect(succeeded(call('CHECK')).stdout).toBe('');
  });

  test.each([
    ['ip link set lo down', 'loopback interface is down'],
    ['ip addr del 127.0.0.1/8 dev lo', 'address "127.0.0.1/8" is missing'],
    ['ip addr del ::1/128 dev lo', 'address "::1/128" is missing'],
  ])('notices %j', (breakage, message) => {
    const prevResult = succeeded(call('ADD')).json;
    inside(breakage);
    const { code, json } = call('CHECK', { prevResult });
    expect({ code, msg: json.msg }).toEqual({ code: 1, msg: expect.stringContaining(message) });
  });

  test('tolerates what others added', () => {
    const prevResult = succeeded(call('ADD')).json;
    inside('ip addr add 127.0.0.53/8 dev lo');
    succeeded(call('CHECK', { prevResult }));
  });
});

test('ADD into a namespace that does not exist is refused', () => {
  expect(call('ADD', {}, { ...target, netns: '/run/netns/gone' }).json).toMatchObject({ code: 3 });
  expect(call('ADD', {}, { ...target, netns: '/tmp' }).json).toMatchObject({ code: 8 });
});

test('GC and STATUS succeed', () => {
  succeeded(call('GC', { 'cni.dev/valid-attachments': null }));
  succeeded(call('STATUS'));
});
