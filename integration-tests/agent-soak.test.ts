/** An agent that has served many calls is as large as one that has served some. */
import { setTimeout } from 'node:timers/promises';
import { Agent, clientFolder, getAgentStatus, installClients } from './agent-host';
import { PrivateHost } from './private-host';

/** Attachments before the first look, and between that and the second. */
const [warmUp, soak] = [160, 320];
/** How many are made and removed at the same time. */
const width = 8;
/** Bytes: what a collector may leave behind at one moment and not at another. */
const tolerance = 12 << 20;
/** Bytes that the agent may have resident: 80 MiB, and room for what a burst needs while it lasts. */
const most = 96 << 20;

let host: PrivateHost;
let agent: Agent;
beforeAll(async () => {
  host = await PrivateHost.create();
  installClients(host, ['bridge', 'host-local']);
  agent = await Agent.start(host);
});
afterAll(async () => {
  await agent.stop('SIGKILL');
  host.destroy();
});

/** ADD and DEL of one container after the other, each worker in a namespace of its own. */
const worker = `export CNI_NETNS=/run/netns/w$1 CNI_IFNAME=eth0 CNI_PATH=${clientFolder}
for n in $(seq $2); do
  export CNI_CONTAINERID=w$1-$n
  CNI_COMMAND=ADD ${clientFolder}/bridge </run/conf >/run/result.$1 || { cat /run/result.$1; exit 1; }
  CNI_COMMAND=DEL ${clientFolder}/bridge </run/conf || exit 1
done`;

function attach(count: number): void {
  const script = `seq ${width} | xargs -P ${width} -I{} sh /run/worker {} ${count / width}`;
  host.exec(['sh', '-c', 'cat >/run/worker'], { input: worker });
  host.sh(script);
}

const openDescriptors = () => host.sh(`ls -l /proc/${agent.pid}/fd | sed 's/.*-> //' | sort`).split('\n');

/** The kernel still works on the last deletions when they are answered, and their sockets are open for so long. */
async function settledDescriptors(): Promise<string[]> {
  let seen = openDescriptors();
  for (let tries = 0; tries < 50; tries++) {
    await setTimeout(300);
    const now = openDescriptors();
    if (now.length === seen.length) return now;
    seen = now;
  }
  throw new Error(`descriptors do not settle: ${seen}`);
}

test('calls leave neither descriptors nor memory behind', async () => {
  const conf = {
    cniVersion: '1.1.0',
    name: 'net',
    bridge: 'br0',
    isDefaultGateway: true,
    ipMasq: true,
    ipam: { type: 'host-local', subnet: '10.60.0.0/16' },
  };
  host.exec(['sh', '-c', 'cat >/run/conf'], { input: JSON.stringify(conf) });
  host.sh(Array.from({ length: width }, (_, at) => `ip netns add w${at + 1}`).join('\n'));
  attach(warmUp);
  const [before, descriptors] = [getAgentStatus(host), await settledDescriptors()];
  attach(soak);
  const after = getAgentStatus(host);
  expect(after.calls.served - before.calls.served).toBe(2 * (soak - (soak % width)));
  expect(after.calls).toMatchObject({ failed: 0, refused: 0, running: 0 });
  expect((await settledDescriptors()).length).toBeLessThanOrEqual(descriptors.length);
  expect(after.memory - before.memory).toBeLessThan(tolerance);
  expect(after.memory).toBeLessThan(most);
}, 120_000);
