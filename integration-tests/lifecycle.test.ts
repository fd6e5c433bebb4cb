/**
 * What every executable owes its runtime, one matrix over all of them: DEL always succeeds and leaves no trace, a failed
 * ADD leaves no trace, a second ADD is refused, GC and STATUS tell the truth.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Attachment, attachment, callPlugin, createSandbox, type Json, type Reply } from './cni-call';
import { binFolder, PrivateHost } from './private-host';
import { type Snapshot, takeSnapshot } from './snapshot';

const hostLocal = {
  type: 'host-local',
  ranges: [[{ subnet: '10.1.0.0/24' }], [{ subnet: 'fd00:1::/64' }]],
  routes: [{ dst: '0.0.0.0/0' }],
};
const bridge = {
  bridge: 'br1',
  isGateway: true,
  ipMasq: true,
  macspoofchk: true,
  ipam: hostLocal,
};
const previous = {
  cniVersion: '1.1.0',
  interfaces: [{ name: 'eth0', sandbox: '/run/netns/any' }],
  ips: [{ interface: 0, address: '10.1.0.77/24' }],
};
const published = { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] };

/** One configuration for each executable, with as much to leave behind as it can. */
const confs: Record<string, Json> = {
  bridge,
  portmap: { runtimeConfig: published, prevResult: previous },
  'host-local': { ipam: hostLocal },
  static: { ipam: { type: 'static', addresses: [{ address: '10.1.0.9/24' }] } },
  loopback: {},
  null: {},
  host: {},
  container: { container: 'web' },
};

/** `container` and `host` need a namespace that is somebody else's. */
const makesNothing = ['container', 'host'];

function confOf(type: string, extra: Json = {}): Json {
  return { cniVersion: '1.1.0', name: 'net1', type, ...confs[type], ...extra };
}

let host: PrivateHost;
let serial = 0;

beforeAll(async () => {
  host = await PrivateHost.create();
  // A neighbour that stays: what networks and firewalls share exists before the first snapshot.
  const neighbour = createSandbox(host, 'neighbour');
  const shared = { ...bridge, ipam: { ...hostLocal } };
  expectSuccess(callPlugin(host, { command: 'ADD', conf: confOf('bridge', shared), target: neighbour }));
});
afterAll(() => host.destroy());

function expectSuccess(reply: Reply): Reply {
  expect({ code: reply.code, stdout: reply.code === 0 ? '' : reply.stdout, stderr: reply.stderr }).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
  return reply;
}

function expectSilence(reply: Reply): void {
  expect({ code: reply.code, stdout: reply.stdout, stderr: reply.stderr }).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
}

function newTarget(): Attachment {
  const target = attachment(`c${++serial}`);
  host.sh(`ip netns add ${target.containerId}`);
  return target;
}

function snapshot(target?: Attachment): Snapshot {
  return takeSnapshot(host, target ? { netns: [target.containerId] } : {});
}

function call(
  command: 'ADD' | 'DEL' | 'CHECK',
  type: string,
  target: Partial<Attachment>,
  extra: Json = {},
): Reply {
  return callPlugin(host, { command, conf: confOf(type, extra), target });
}

test('every executable is in the matrix', () => {
  const types = readdirSync(binFolder).filter((name) => name !== 'tsnet' && !name.includes('.'));
  expect(Object.keys(confs).sort()).toEqual(types.sort());
});

const active = Object.keys(confs).filter((type) => !makesNothing.includes(type));

describe.each(active)('%s', (type) => {
  test('DEL after ADD with the namespace alive, twice: no trace', () => {
    const target = newTarget();
    const before = snapshot(target);
    const { json } = expectSuccess(call('ADD', type, target));
    for (const extra of [{ prevResult: json }, {}]) expectSilence(call('DEL', type, target, extra));
    expect(snapshot(target)).toEqual(before);
  });

  test.each(['missing', 'empty'])(
    'DEL after ADD with the namespace %s, twice, without prevResult: no trace',
    (how) => {
      const target = newTarget();
      host.sh(`ip netns del ${target.containerId}`);
      const before = snapshot();
      host.sh(`ip netns add ${target.containerId}`);
      expectSuccess(call('ADD', type, target));
      host.sh(`ip netns del ${target.containerId}`);
      const rest = { containerId: target.containerId, ifName: target.ifName };
      const gone = how === 'missing' ? target : { ...rest, netns: '' };
      for (let times = 0; times < 2; times++) expectSilence(call('DEL', type, gone, { prevResult: null }));
      expect(snapshot()).toEqual(before);
    },
  );

  test('CHECK accepts what ADD made', () => {
    const target = newTarget();
    const { json } = expectSuccess(call('ADD', type, target));
    const prevResult = { ...json, interfaces: json.interfaces ?? [] };
    expectSilence(call('CHECK', type, target, { prevResult }));
    expectSilence(call('DEL', type, target, { prevResult }));
  });
});

describe.each(Object.keys(confs))('%s', (type) => {
  test.each(['live', 'missing', 'empty'])('DEL without ADD, namespace %s: silent, no trace', (how) => {
    const live = newTarget();
    const missing = attachment('never');
    const target = { live, missing, empty: { ...missing, netns: '' } }[how]!;
    const before = snapshot(live);
    for (let times = 0; times < 2; times++) expectSilence(call('DEL', type, target));
    expect(snapshot(live)).toEqual(before);
  });

  test('an unreadable prevResult does not stop DEL', () => {
    const prevResult = { cniVersion: '0.2.0', ips: 'nonsense' };
    expectSilence(call('DEL', type, attachment('never'), { prevResult }));
  });

  test('GC without the list of valid attachments is an error and touches nothing', () => {
    const before = snapshot();
    const reply = callPlugin(host, { command: 'GC', conf: confOf(type) });
    expect(reply).toMatchObject({
      code: 1,
      json: { code: 7, msg: expect.stringContaining('valid-attachments') },
    });
    expect(snapshot()).toEqual(before);
  });

  test('STATUS of a working host is silent success', () => {
    expectSilence(callPlugin(host, { command: 'STATUS', conf: confOf(type) }));
  });

  test('a missing namespace is refused without a trace', () => {
    if (type === 'host-local' || type === 'static' || type === 'portmap') return;
    const before = snapshot();
    expect(call('ADD', type, attachment('never'))).toMatchObject({ code: 1, json: { code: 3 } });
    expect(snapshot()).toEqual(before);
  });
});

describe('a failed ADD leaves no trace', () => {
  const reachable = { ...hostLocal, ranges: [[{ subnet: '10.1.0.0/24' }]] };
  /** A PATH with what starts an executable, and makes links, but no firewall. */
  const barePath = mkdtempSync(join(tmpdir(), 'tsnet-path-'));
  beforeAll(() => {
    host.sh(`for program in node env nsenter ip flock; do ln -s "$(command -v $program)" ${barePath}/; done`);
  });
  afterAll(() => rmSync(barePath, { recursive: true }));

  test.each(['portmap', 'bridge'])('%s: STATUS without any way to a firewall is code 50', (type) => {
    const conf = confOf(type, { ipMasq: true });
    const status = (env: Record<string, string>) =>
      callPlugin(host, { command: 'STATUS', conf, env: { PATH: barePath, ...env } });
    expect(status({ TSNET_NO_FFI: '1' })).toMatchObject({ code: 1, json: { code: 50 } });
    expect(status({}).code).toBe(0);
  });

  const single = { subnet: '10.1.0.0/30', rangeStart: '10.1.0.2', rangeEnd: '10.1.0.2', gateway: '10.1.0.1' };
  const failures: [what: string, type: string, extra: Json][] = [
    ['eth0 exists', 'bridge', {}],
    ['no addresses left', 'bridge', { ipam: { ...hostLocal, ranges: [[single]] } }],
    [
      'another gateway on the bridge',
      'bridge',
      { ipam: { type: 'host-local', subnet: '10.1.0.0/24', gateway: '10.1.0.254' } },
    ],
    [
      'an impossible route',
      'bridge',
      { ipam: { ...reachable, routes: [{ dst: '10.99.0.0/24', gw: '172.31.0.1' }] } },
    ],
    ['an unknown IPAM', 'bridge', { ipam: { type: 'absent' } }],
    ['a bridge that is none', 'bridge', { bridge: 'lo' }],
    ['no iptables', 'bridge', { ipMasqBackend: 'iptables' }],
    ['no iptables', 'portmap', { backend: 'iptables' }],
    ['a chain that does not exist', 'portmap', { externalSetMarkChain: 'NOBODY-MADE-THIS' }],
    ['a condition that is none', 'portmap', { conditionsV4: ['--no-such-option'] }],
  ];

  test.each(failures)('%s (%s)', (what, type, extra) => {
    const target = newTarget();
    if (what === 'eth0 exists')
      host.sh(`ip -n ${target.containerId} link add eth0 type veth peer name other`);
    const before = snapshot(target);
    const env = what === 'no iptables' ? { PATH: barePath } : {};
    const reply = callPlugin(host, { command: 'ADD', conf: confOf(type, extra), target, env });
    expect(reply).toMatchObject({ code: 1, json: { cniVersion: '1.1.0', code: expect.any(Number) } });
    expect(reply.json.msg).not.toBe('');
    expect(snapshot(target)).toEqual(before);
    host.sh(`ip netns del ${target.containerId}`);
  });
});

describe('ADD twice', () => {
  test('bridge: the second is refused and the first keeps working', () => {
    const target = newTarget();
    const { json } = expectSuccess(call('ADD', 'bridge', target));
    const before = snapshot(target);
    expect(call('ADD', 'bridge', target)).toMatchObject({ code: 1 });
    expect(snapshot(target)).toEqual(before);
    expectSilence(call('CHECK', 'bridge', target, { prevResult: json }));
    expect(host.sh(`ip netns exec ${target.containerId} busybox ping -c1 -W2 10.1.0.1`)).toContain(
      '1 packets received',
    );
    expectSilence(call('DEL', 'bridge', target));
  });
});
