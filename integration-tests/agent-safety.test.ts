/** Whom the agent serves, and what it bears from those that it does not. */
import { setTimeout } from 'node:timers/promises';
import { encodePrefix, encodeRequest, talk, talkFromOutside } from './agent-client';
import { Agent, agentSocket, clientFolder, getAgentStatus, installClients } from './agent-host';
import { parseDocument } from './cni-call';
import { binFolder, PrivateHost } from './private-host';

let host: PrivateHost;
let agent: Agent;
let build: string;

beforeAll(async () => {
  host = await PrivateHost.create();
  installClients(host, ['bridge', 'vlan']);
  agent = await Agent.start(host, '--log-level', 'debug');
  build = getAgentStatus(host).build;
});
afterAll(async () => {
  await agent.stop('SIGKILL');
  host.destroy();
});

const env = { CNI_COMMAND: 'VERSION' };
const version = () => encodeRequest({ build, env, stdin: '{"cniVersion":"1.0.0"}' });
const openDescriptors = () => Number(host.sh(`ls /proc/${agent.pid}/fd | wc -l`));
const client = (before: string[], type = 'bridge', variables: Record<string, string> = env) =>
  host.exec([...before, `${clientFolder}/${type}`], { env: variables, input: '{}' });

function expectService(): void {
  const { code, stdout } = client([]);
  expect([code, parseDocument(stdout)?.supportedVersions?.at(-1)]).toEqual([0, '1.1.0']);
}

afterEach(async () => {
  expectService();
  expect(agent.log).not.toContain('uncaught');
});

test('a call is accepted, and its answer is frames that end with the exit code', async () => {
  const answer = await talk(host, version());
  expect(answer.toString('latin1', 0, 2)).toBe('A1');
  const length = answer.readUInt32LE(2);
  expect(parseDocument(answer.toString('utf8', 6, 6 + length))).toMatchObject({ cniVersion: '1.0.0' });
  expect(answer.subarray(6 + length)).toEqual(Buffer.from('0\x01\0\0\0\0', 'latin1'));
});

test.each([
  ['another build', () => encodeRequest({ build: 'other', env })],
  ['a type that is none', () => encodeRequest({ build, env, type: 'vlan' })],
  ['a type that is a path', () => encodeRequest({ build, env, type: '../bin/bridge' })],
  [
    'its own namespace',
    () => encodeRequest({ build, env: { CNI_COMMAND: 'CHECK', CNI_NETNS: '/proc/self/ns/net' } }),
  ],
  ['a relative plugin path', () => encodeRequest({ build, env: { CNI_COMMAND: 'CHECK', CNI_PATH: 'bin' } })],
])('a client with %s is sent away', async (_what, request) => {
  expect(String(await talk(host, request()))).toBe('R');
});

test('a client that is not of this host is sent away', async () => {
  expect(String(await talkFromOutside(host, version()))).toBe('R');
});

test.each([
  ['in another network namespace', ['unshare', '--net']],
  ['in another mount namespace', ['unshare', '--mount']],
  ['under another root', ['chroot', '/run/root']],
])('a client %s is sent away', (_what, before) => {
  host.sh(`mkdir -p /run/root/run /run/root/proc /run/root${clientFolder}; mount --bind /run /run/root/run
mount -t proc proc /run/root/proc`);
  const refused = getAgentStatus(host).calls.refused;
  expect(client(before)).toMatchObject({ code: 1, stdout: expect.stringContaining('execute') });
  expect(getAgentStatus(host).calls.refused).toBe(refused + 1);
  host.sh('umount /run/root/proc /run/root/run');
});

test('nobody but root reaches the socket', () => {
  expect(host.sh(`stat -c '%a %U' /run/tsnet ${agentSocket}`)).toBe('700 root\n600 root\n');
});

const garbage: [string, Buffer][] = [
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['zeros', Buffer.alloc(4096)],
  ['a head that is too long', encodePrefix('TSN1', (1 << 20) + 1, 0)],
  ['input that is too long', encodePrefix('TSN1', 10, (16 << 20) + 1)],
  ['the largest lengths', encodePrefix('TSN1', 0xffffffff, 0xffffffff)],
  ['a head of nothing', encodePrefix('TSN1', 0, 0)],
  ['a head without an end', Buffer.concat([encodePrefix('TSN1', 4, 0), Buffer.from('abcd')])],
  ['a variable of the loader', encodeRequest({ build: 'b', env: { LD_PRELOAD: '/x' } })],
  ['more than it announced', Buffer.concat([encodeRequest({ build: 'b', env }), Buffer.from('x')])],
];

test.each(garbage)('%s closes the connection', async (_what, bytes) => {
  const descriptors = openDescriptors();
  expect(await talkFromOutside(host, bytes)).toHaveLength(0);
  expect(openDescriptors()).toBe(descriptors);
});

test('a request is understood wherever it is cut', async () => {
  const request = version();
  const pieces = Array.from(request, (_byte, cut) => [request.subarray(0, cut), request.subarray(cut)]);
  const understood = await Promise.all(pieces.map((parts) => talkFromOutside(host, ...parts)));
  expect(new Set(understood.map(String))).toEqual(new Set(['R']));
});

test('200 clients that say nothing, or half of a request, are closed after a while and hinder nobody', async () => {
  const descriptors = openDescriptors();
  const half = encodeRequest({ build, env }).subarray(0, 20);
  const idle = Array.from({ length: 200 }, (_, at) => talkFromOutside(host, at % 2 ? half : Buffer.alloc(0)));
  await setTimeout(200);
  expectService();
  const answers = await Promise.all(idle);
  expect(answers.filter(({ length }) => length > 0)).toEqual([]);
  expect(openDescriptors()).toBe(descriptors);
});

test('a second agent does not take the place of the first', () => {
  const second = host.exec([`${binFolder}/tsnet`, 'agent']);
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('another agent serves it') });
});
