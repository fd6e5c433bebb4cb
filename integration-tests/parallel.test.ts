/** Many calls at once from separate processes, and processes killed half-way. */
import { attachment, type Call, callPluginAsync, type Json } from './cni-call';
import { binFolder, PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

let host: PrivateHost;

beforeEach(async () => {
  host = await PrivateHost.create();
});
afterEach(() => host.destroy());

const conf: Json = {
  cniVersion: '1.1.0',
  name: 'net',
  type: 'bridge',
  bridge: 'br0',
  isDefaultGateway: true,
  ipMasq: true,
  ipam: { type: 'host-local', ranges: [[{ subnet: '10.60.0.0/16' }], [{ subnet: 'fd60::/64' }]] },
};

/** Runs `calls` with at most `limit` processes at a time: the machine has two cores. */
async function inParallel<T>(calls: (() => Promise<T>)[], limit = 25): Promise<T[]> {
  const results: T[] = [];
  const waiting = calls.entries();
  const worker = async () => {
    for (const [at, call] of waiting) results[at] = await call();
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}

it('100 parallel ADDs on a bridge that does not exist yet all succeed; 100 parallel DELs leave no trace', async () => {
  const names = Array.from({ length: 100 }, (_, at) => `c${at}`);
  host.sh(names.map((name) => `ip netns add ${name}`).join('\n'));
  const before = takeSnapshot(host, { netns: ['c0', 'c99'], except: ['br0'] });
  const call = (command: Call['command']) =>
    names.map((name) => () => callPluginAsync(host, { command, conf, target: attachment(name) }));

  const added = await inParallel(call('ADD'));
  expect(added.filter(({ code }) => code !== 0).map(({ stdout, stderr }) => stdout + stderr)).toEqual([]);
  const addresses = added.flatMap(({ json }) => json.ips.map((ip) => ip.address));
  expect(new Set(addresses).size).toBe(200);
  expect(
    host.exec([
      'ip',
      'netns',
      'exec',
      'c0',
      'busybox',
      'ping',
      '-c1',
      '-W1',
      addresses.at(-2)!.split('/')[0]!,
    ]).code,
  ).toBe(0);

  const deleted = await inParallel(call('DEL'));
  expect(deleted.filter(({ code, stdout }) => code !== 0 || stdout !== '')).toEqual([]);
  expect(takeSnapshot(host, { netns: ['c0', 'c99'], except: ['br0'] })).toEqual(before);
}, 240_000);

it('ADD killed at 50 moments: DEL afterwards leaves no trace each time', async () => {
  host.sh('ip netns add c1');
  // The first ADD makes what stays by design: the bridge
  await callPluginAsync(host, { command: 'ADD', conf, target: attachment('c1') });
  await callPluginAsync(host, { command: 'DEL', conf, target: attachment('c1') });
  const before = takeSnapshot(host, { netns: ['c1'], except: ['br0'] });
  const env = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'c1',
    CNI_NETNS: '/run/netns/c1',
    CNI_IFNAME: 'eth0',
    CNI_PATH: binFolder,
  };
  let finished = 0;
  for (let round = 0; round < 50; round++) {
    const child = host.start([`${binFolder}/bridge`], { input: JSON.stringify(conf), env });
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    // From before its first line to after its end, evenly
    setTimeout(() => child.kill('SIGKILL'), 20 + round * 5);
    if ((await ended) === 0) finished++;
    const reply = await callPluginAsync(host, { command: 'DEL', conf, target: attachment('c1') });
    expect([round, reply.code, reply.stdout]).toEqual([round, 0, '']);
    expect([round, takeSnapshot(host, { netns: ['c1'], except: ['br0'] })]).toEqual([round, before]);
  }
  // Both ends of the range were met: some were killed
  expect(finished).toBeLessThan(50);
}, 240_000);
