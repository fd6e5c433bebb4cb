/**
 * The same calls through both doors: executables that do the work themselves, and clients that let the agent do it. What
 * comes out is the same byte for byte, as is what it leaves on the host.
 */
import { Agent, clientFolder, getAgentStatus, installClients } from './agent-host';
import { callPluginAsync, type Json, type Reply } from './cni-call';
import { foreignPlugin, type Scene, scenes, types } from './conformance-scenes';
import { binFolder, PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

const doors = ['executable', 'agent'] as const;
type Door = (typeof doors)[number];

const folders: Record<Door, string> = { executable: binFolder, agent: clientFolder };
const hosts = {} as Record<Door, PrivateHost>;
/** Scene → what came out of each step. */
const outputs = {} as Record<Door, Map<string, string[]>>;
/** How many scenes are played at once: the machine has two cores. */
const width = 4;

/** MAC addresses, and the link-local addresses made of them, are random. */
function withoutRandomness(text: string): string {
  return text.replace(/\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/g, 'MAC').replace(/fe80::[0-9a-f:]+/g, 'fe80');
}

function describeOutput({ code, stdout, stderr }: Reply): string {
  return withoutRandomness(`exit ${code}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`);
}

async function play(door: Door, scene: Scene): Promise<string[]> {
  const texts: string[] = [];
  let result: Json | undefined;
  for (const { type, call, takesResult } of scene.steps) {
    const extra = takesResult && result ? { prevResult: result } : {};
    const conf = typeof call.conf === 'string' ? call.conf : { ...call.conf, ...extra };
    const reply = await callPluginAsync(hosts[door], { ...call, conf, folder: folders[door] }, type);
    if (call.command === 'ADD' && reply.code === 0) result = reply.json;
    texts.push(`${type} ${call.command}: ${describeOutput(reply)}`);
  }
  return texts;
}

async function playAll(door: Door): Promise<Map<string, string[]>> {
  const [first, ...rest] = scenes;
  const played = new Map([[first.name, await play(door, first)]]);
  const waiting = rest.values();
  const worker = async () => {
    for (const scene of waiting) played.set(scene.name, await play(door, scene));
  };
  await Promise.all(Array.from({ length: width }, worker));
  return played;
}

async function createHost(): Promise<PrivateHost> {
  const host = await PrivateHost.create();
  host.sh(`touch /run/netns/host; mount --bind /proc/self/ns/net /run/netns/host; mkdir /run/foreign
${scenes.map(({ container }) => `ip netns add ${container}`).join('\n')}`);
  host.exec(['sh', '-c', 'cat >/run/foreign/foreign; chmod 755 /run/foreign/foreign'], {
    input: foreignPlugin,
  });
  return host;
}

let served: number;
beforeAll(async () => {
  for (const door of doors) hosts[door] = await createHost();
  installClients(hosts.agent, types);
  const agent = await Agent.start(hosts.agent);
  for (const door of doors) outputs[door] = await playAll(door);
  const { calls } = getAgentStatus(hosts.agent);
  served = calls.served;
  expect(calls).toMatchObject({ running: 0, refused: 0 });
  expect(await agent.stop()).toBe(0);
}, 240_000);
afterAll(() => {
  for (const door of doors) hosts[door]?.destroy();
});

test.each(scenes.map((scene) => [scene.name, scene] as const))('%s', (name) => {
  expect(outputs.agent.get(name)).toEqual(outputs.executable.get(name));
});

test('the agent served every call', () => {
  expect(served).toBe(scenes.reduce((sum, { steps }) => sum + steps.length, 0));
});

test('scenes are not all failures', () => {
  const added = [...outputs.agent.values()].flat().filter((text) => / ADD: exit 0/.test(text));
  expect(added.length).toBeGreaterThan(types.length * 3);
});

/** What lies on a host, in an order that does not depend on which scene was played first. */
function describeHost(host: PrivateHost) {
  const { namespaces, files } = takeSnapshot(host);
  const { links, firewall } = namespaces.host!;
  return {
    files: files
      .map((line) => line.split(' ').at(-1)!)
      .filter((path) => !path.startsWith(clientFolder))
      .sort(),
    links: links.map((link) => (link as { ifname: string }).ifname).sort(),
    firewall: firewall.sort(),
  };
}

test('both doors leave the same on the host', () => {
  expect(describeHost(hosts.agent)).toEqual(describeHost(hosts.executable));
  expect(describeHost(hosts.agent).links).toContain('br2');
});
