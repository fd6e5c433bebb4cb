/** The agent begins, ends and is killed: calls end in success or one clean error, and nothing is left. */
import { setTimeout } from 'node:timers/promises';
import { Agent, agentSocket, clientFolder, getAgentStatus, installClients } from './agent-host';
import { attachment, callPlugin, callPluginAsync, type Json, type Reply, succeeded } from './cni-call';
import { binFolder, PrivateHost } from './private-host';
import { type Snapshot, takeSnapshot } from './snapshot';

/** How often the agent is killed, and under how many calls. */
const rounds = 2;
const parallel = 50;
/** Milliseconds after the start of the calls in which it is killed. */
const killedWithin = 250;

let host: PrivateHost;
let agent: Agent;

beforeEach(async () => {
  host = await PrivateHost.create();
  host.sh('ip netns add c1; mkdir /run/foreign');
  installClients(host, ['bridge', 'host-local']);
});
afterEach(async () => {
  await agent.stop('SIGKILL');
  host.destroy();
});

const conf: Json = {
  cniVersion: '1.1.0',
  name: 'net',
  type: 'bridge',
  bridge: 'br0',
  isDefaultGateway: true,
  ipMasq: true,
  ipam: { type: 'host-local', ranges: [[{ subnet: '10.60.0.0/16' }], [{ subnet: 'fd60::/64' }]] },
};
const foreign: Json = { ...conf, ipam: { type: 'foreign' } };
const path = `/run/foreign:${clientFolder}:${binFolder}`;
const call = (command: 'ADD' | 'DEL' | 'GC', container = 'c1', change: Json = {}) =>
  callPluginAsync(host, {
    command,
    conf: { ...conf, ...change },
    target: attachment(container),
    folder: clientFolder,
    path,
  });

/** What a test changed on the host, apart from the tools that it put there. */
const snapshot = (): Snapshot => {
  const { namespaces, files } = takeSnapshot(host, { netns: ['c1'], except: ['br0'] });
  return { namespaces, files: files.filter((line) => !/ ?\/run\/(clients|foreign)\//.test(line)) };
};

/** Installs an IPAM plugin that says when it runs, and does `script` for an ADD. */
function installForeign(script: string): void {
  const text = `#!/bin/sh
[ "$CNI_COMMAND" = ADD ] || { echo "$CNI_COMMAND" >>/run/foreign/later; exit 0; }
echo $$ >/run/foreign/pid
${script}
echo '{"cniVersion":"1.1.0","ips":[{"address":"10.60.0.2/16"}]}'\n`;
  host.exec(['sh', '-c', 'cat >/run/foreign/foreign; chmod 755 /run/foreign/foreign'], { input: text });
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (holds()) return;
    await setTimeout(25);
  }
  throw new Error(`${what}: not within 10 s`);
}

const foreignRuns = () => host.exec(['test', '-s', '/run/foreign/pid']).code === 0;

test('a client that is killed during ADD leaves no trace, nor does what was started for it', async () => {
  agent = await Agent.start(host);
  installForeign('exec sleep 60');
  const before = snapshot();
  const env = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'c1',
    CNI_NETNS: '/run/netns/c1',
    CNI_IFNAME: 'eth0',
    CNI_PATH: path,
  };
  const client = host.start([`${clientFolder}/bridge`], { input: JSON.stringify(foreign), env });
  await until('the delegate runs', foreignRuns);
  expect(getAgentStatus(host).calls.running).toBe(1);
  client.kill('SIGKILL');
  await until('the call ends', () => getAgentStatus(host).calls.running === 0);
  expect(host.exec(['sh', '-c', 'kill -0 $(cat /run/foreign/pid)']).code).toBe(1);
  expect(host.sh('cat /run/foreign/later')).toBe('DEL\n');
  expect(snapshot()).toEqual(before);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'at %s running calls end first, and no new ones begin',
  async (signal) => {
    agent = await Agent.start(host);
    installForeign('while [ ! -e /run/foreign/go ]; do sleep 0.05; done');
    const running = call('ADD', 'c1', foreign);
    await until('the delegate runs', foreignRuns);
    const stopped = agent.stop(signal);
    await until('the socket is gone', () => host.exec(['test', '-e', agentSocket]).code !== 0);
    expect(await call('ADD', 'c2', foreign)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('execute'),
    });
    host.sh('touch /run/foreign/go');
    expect(succeeded(await running).json.ips).toMatchObject([{ address: '10.60.0.2/16' }]);
    expect(await stopped).toBe(0);
  },
);

test('an agent that was killed leaves a socket that the next one replaces', async () => {
  agent = await Agent.start(host);
  expect(await agent.stop('SIGKILL')).toBeNull();
  host.sh(`test -S ${agentSocket}`);
  agent = await Agent.start(host);
  succeeded(await call('ADD'));
  expect(getAgentStatus(host).calls).toEqual({ running: 0, served: 1, failed: 0, refused: 0 });
});

test('status says that no agent answers, before there is one and after it was killed', async () => {
  const status = () => host.exec([`${binFolder}/tsnet`, 'agent', 'status']);
  expect(status()).toMatchObject({ code: 1, stderr: expect.stringContaining('no agent runs here') });
  agent = await Agent.start(host);
  expect(status()).toMatchObject({ code: 0, stdout: expect.stringContaining('0 running, 0 served') });
  await agent.stop('SIGKILL');
  expect(status()).toMatchObject({ code: 1, stderr: expect.stringContaining('no agent runs here') });
});

test('a socket that another process answers is not replaced', async () => {
  host.sh('mkdir -m 700 /run/tsnet');
  const other = host.start(['socat', `UNIX-LISTEN:${agentSocket},fork`, 'STDOUT']);
  await until('it listens', () => host.exec(['test', '-S', agentSocket]).code === 0);
  const refused = host.exec([`${binFolder}/tsnet`, 'agent']);
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('another process answers there'),
  });
  other.kill();
  agent = await Agent.start(host);
});

test('a folder that others may write to is not served in', async () => {
  host.sh('mkdir -m 777 /run/tsnet; chmod 777 /run/tsnet');
  const refused = host.exec([`${binFolder}/tsnet`, 'agent']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('others may write') });
  host.sh('chmod 700 /run/tsnet');
  agent = await Agent.start(host);
});

test('a socket passed by a service manager is served, and it is told', async () => {
  host.sh('mkdir -m 700 /run/tsnet');
  const told = host.start(['socat', '-u', 'UNIX-RECV:/run/notify', 'STDOUT']);
  let text = '';
  told.stdout!.on('data', (data) => {
    text += data;
  });
  await until('it listens', () => host.exec(['test', '-S', '/run/notify']).code === 0);
  agent = await Agent.startActivated(host, { NOTIFY_SOCKET: '/run/notify' });
  await until('it is told', () => text.includes('READY=1'));
  succeeded(await call('ADD'));
  expect(await agent.stop()).toBe(0);
  host.sh(`test -S ${agentSocket}`);
  await until('it is told again', () => text.includes('STOPPING=1'));
  told.kill();
});

describe(`killed at random under ${parallel} calls`, () => {
  const names = Array.from({ length: parallel }, (_, at) => `k${at}`);

  /** Success with a result, or the one error that the client makes when the agent is gone. */
  function verifyEnd({ code, stdout, json }: Reply): void {
    if (code === 0) expect(json.ips).toHaveLength(2);
    else
      expect([json?.code, json?.msg, stdout]).toEqual([
        11,
        expect.stringContaining('call agent: it ended'),
        stdout,
      ]);
  }

  async function deleteAll(): Promise<void> {
    const deleted = await Promise.all(names.map((name) => call('DEL', name)));
    expect(deleted.filter(({ code }) => code !== 0)).toEqual([]);
  }

  async function collectGarbage(): Promise<void> {
    succeeded(await call('GC', 'c1', { 'cni.dev/valid-attachments': [] }));
  }

  test(`${rounds} times: no call runs twice, nothing is left, and the next call works`, async () => {
    host.sh(names.map((name) => `ip netns add ${name}`).join('\n'));
    agent = await Agent.start(host);
    const bundles = `${clientFolder}/.tsnet/${getAgentStatus(host).build}`;
    host.sh(
      `mkdir -p ${bundles}; ln -s ${binFolder} ${bundles}/bin; ln -s ${binFolder}/../lib ${bundles}/lib`,
    );
    // what stays by design, the bridge, is there before the first look
    succeeded(await call('ADD'));
    succeeded(await call('DEL'));
    const before = snapshot();
    for (let round = 0; round < rounds; round++) {
      const added = Promise.all(names.map((name) => call('ADD', name)));
      await setTimeout(Math.random() * killedWithin);
      await agent.stop('SIGKILL');
      for (const reply of await added) verifyEnd(reply);
      agent = await Agent.start(host);
      await (round % 2 === 0 ? deleteAll() : collectGarbage());
      expect(snapshot()).toEqual(before);
      succeeded(await call('ADD'));
      succeeded(await call('DEL'));
    }
  }, 180_000);
});

test('an ADD through the agent is the container that an executable deletes', async () => {
  agent = await Agent.start(host);
  const before = snapshot();
  succeeded(await call('ADD'));
  succeeded(callPlugin(host, { command: 'DEL', conf, target: attachment('c1') }));
  expect(snapshot()).toEqual(before);
});
