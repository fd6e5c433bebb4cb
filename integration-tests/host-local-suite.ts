/** What the suites of host-local share: a private host with an empty store for each test, and calls to ours and to the reference plugin. */
import {
  type Attachment,
  attachment,
  type Command,
  callPlugin,
  describeReply,
  type Json,
  parseDocument,
  type Reply,
} from './cni-call';
import { PrivateHost } from './private-host';

/** The reference plugin, with which the store is shared. */
export const reference = '/usr/lib/cni/host-local';
export const store = '/var/lib/cni/networks/n';

export let host: PrivateHost;
beforeAll(async () => {
  host = await PrivateHost.create();
});
afterAll(() => host.destroy());
beforeEach(() => {
  host.sh('umount /var/lib/cni/networks 2>/dev/null || true; rm -rf /var/lib/cni/networks');
});

export interface Options {
  conf?: Json;
  ipam?: Json;
  cniArgs?: string;
}

export const subnet = '10.5.0.0/24';
export const confOf = ({ conf, ipam = { subnet } }: Options): Json => ({
  cniVersion: '1.1.0',
  name: 'n',
  ipam: { type: 'host-local', ...ipam },
  ...conf,
});

export function call(command: Command, target: Attachment | undefined, options: Options = {}): Reply {
  const rest = { ...(target && { target }), ...(options.cniArgs && { cniArgs: options.cniArgs }) };
  return callPlugin(host, { command, conf: confOf(options), ...rest }, 'host-local');
}

export function referenceExec(
  command: Command,
  target: Attachment,
  options: Options,
): Parameters<PrivateHost['exec']> {
  const input = JSON.stringify({ ...confOf(options), cniVersion: '1.0.0' });
  const env = {
    CNI_COMMAND: command,
    CNI_CONTAINERID: target.containerId,
    CNI_NETNS: target.netns,
    CNI_IFNAME: target.ifName,
    CNI_PATH: '/x',
  };
  return [[reference], { input, env: { ...env, CNI_ARGS: options.cniArgs ?? '' } }];
}

export function callReference(command: Command, target: Attachment, options: Options = {}): Reply {
  const done = host.exec(...referenceExec(command, target, options));
  return { ...done, json: parseDocument(done.stdout) };
}

/** The first address of a reply; fails the test when there is none. */
export function addressOf(reply: Reply): string {
  if (reply.code !== 0) throw new Error(describeReply(reply));
  return reply.json.ips[0]!.address.split('/')[0]!;
}

export const add = (id: string, options?: Options) => addressOf(call('ADD', attachment(id), options));
export const del = (id: string, options?: Options) => call('DEL', attachment(id), options);
export const reserved = () =>
  host
    .sh(`ls -A ${store}`)
    .split('\n')
    .filter((name) => /^[0-9a-f]+[.:]/.test(name))
    .sort();
export const silence = { code: 0, stdout: '', stderr: '' };
