/** What a runtime may ask: every plugin, every command, every version, and the ways in which it goes wrong. */
import { attachment, type Call, type Json } from './cni-call';
import { binFolder } from './private-host';

/** One call of a scene. */
export interface Step {
  type: string;
  call: Omit<Call, 'folder'>;
  /** Put the newest result that a step of this scene gave into the configuration. */
  takesResult?: boolean;
}

/** Calls that depend on each other. Scenes do not, but for the first: they use containers and networks of their own. */
export interface Scene {
  name: string;
  /** The namespace that its calls work in; it is made before. */
  container: string;
  steps: Step[];
}

export const versions = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];

/** Configurations by type, for a network of its own. @param n a number below 250 that no other network has */
const configurations: Record<string, (n: number) => Json> = {
  bridge: (n) => ({
    bridge: `br${n}`,
    isDefaultGateway: true,
    ipMasq: true,
    ipam: { type: 'host-local', subnet: `10.80.${n}.0/24` },
  }),
  container: () => ({ container: 'nobody' }),
  host: () => ({}),
  'host-local': (n) => ({ ipam: { type: 'host-local', subnet: `10.81.${n}.0/28` } }),
  loopback: () => ({}),
  null: () => ({}),
  portmap: (n) => ({
    snat: false,
    runtimeConfig: { portMappings: [{ hostPort: 9000 + n, containerPort: 80, protocol: 'tcp' }] },
  }),
  static: (n) => ({ ipam: { type: 'static', addresses: [{ address: `10.82.${n}.2/24` }] } }),
};

export const types = Object.keys(configurations);

/** Types that do more than one thing: these meet confused runtimes and all mistakes. */
const versatile = ['bridge', 'host', 'host-local', 'portmap'];

const keep: Json = { 'cni.dev/valid-attachments': [{ containerID: 'other', ifname: 'eth0' }] };

/** The life of one attachment, with what a confused runtime does besides. */
function lifeOf(type: string, cniVersion: string, n: number): Scene {
  const container = `l${n}`;
  const conf = { cniVersion, name: `net${n}`, type, ...configurations[type]!(n) };
  const target = attachment(container, type === 'loopback' ? 'lo' : 'eth0');
  const step = (command: Call['command'], change: Json = {}, takesResult = false): Step => ({
    type,
    call: { command, conf: { ...conf, ...change }, target, path: binFolder },
    takesResult,
  });
  const confusion = [step('CHECK'), step('ADD'), step('GC'), step('CHECK', {}, true), step('DEL')];
  const [early, again, nothingToKeep, late, twice] = versatile.includes(type) ? confusion : [];
  const steps = [
    step('VERSION'),
    step('STATUS'),
    early,
    type === 'portmap'
      ? lifeOf('bridge', cniVersion, n).steps.find(({ call }) => call.command === 'ADD')
      : undefined,
    step('ADD', {}, true),
    again,
    step('CHECK', {}, true),
    step('GC', keep),
    nothingToKeep,
    late,
    step('DEL', {}, true),
    twice,
  ];
  return {
    name: `the life of ${type} in ${cniVersion}`,
    container,
    steps: steps.filter((one) => one !== undefined),
  };
}

/** What is wrong, and how a complete ADD is changed for it. */
const mistakes: [what: string, change: { env?: Record<string, string>; conf?: Json | string }][] = [
  ['no container', { env: { CNI_CONTAINERID: '' } }],
  ['nothing but a command', { env: { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '', CNI_PATH: '' } }],
  ['an unknown command', { env: { CNI_COMMAND: 'FOO' } }],
  ['a long command', { env: { CNI_COMMAND: 'A'.repeat(100_000) } }],
  ['a container called ../x', { env: { CNI_CONTAINERID: '../x' } }],
  ['an interface with a new line', { env: { CNI_IFNAME: 'a\nb' } }],
  ['an interface in other letters', { env: { CNI_IFNAME: 'é'.repeat(8) } }],
  ['a namespace that is not there', { env: { CNI_NETNS: '/run/netns/absent' } }],
  ['a namespace that is a folder', { env: { CNI_NETNS: '/run' } }],
  ['the namespace of the host', { env: { CNI_NETNS: '/run/netns/host' } }],
  ['arguments that nobody knows', { env: { CNI_ARGS: 'UNKNOWN=1' } }],
  ['arguments that are none', { env: { CNI_ARGS: 'x' } }],
  ['an empty plugin path', { env: { CNI_PATH: '/run/nothing' } }],
  ['no input', { conf: '' }],
  ['input that breaks off', { conf: '{"cniVersion":"1.1.0","name":"ne' }],
  ['a list', { conf: '[]' }],
  ['a megabyte of letters', { conf: 'x'.repeat(1 << 20) }],
  ['a name that is a path', { conf: { cniVersion: '1.1.0', name: '../x' } }],
  ['a version of the future', { conf: { cniVersion: '9.9.9', name: 'net' } }],
  ['IPAM of the wrong type', { conf: { cniVersion: '1.1.0', name: 'net', ipam: 5 } }],
  ['IPAM that is not there', { conf: { cniVersion: '1.1.0', name: 'net', ipam: { type: 'absent' } } }],
  ['values of the wrong type', { conf: { cniVersion: '1.1.0', name: 'net', mtu: 'x', dns: 5, ipMasq: 1 } }],
];

function mistakesWith(type: string, n: number): Scene {
  const container = `m${n}`;
  const whole = { cniVersion: '1.1.0', name: `wrong${n}`, type, ...configurations[type]!(n) };
  const target = attachment(container);
  const steps = mistakes.map(([, { env = {}, conf = whole }], at): Step => {
    const command = at % 3 === 2 ? 'DEL' : 'ADD';
    return { type, call: { command, conf, target, path: binFolder, env } };
  });
  return { name: `${type} with ${mistakes.length} mistakes`, container, steps };
}

/** A delegate of somebody else, which must be started as a process with nothing but the call in its environment. */
function foreignDelegate(n: number): Scene {
  const target = attachment(`f${n}`);
  const conf = {
    cniVersion: '1.1.0',
    name: `net${n}`,
    type: 'bridge',
    bridge: `br${n}`,
    ipam: { type: 'foreign' },
  };
  const step = (command: Call['command'], takesResult = false): Step => ({
    type: 'bridge',
    call: { command, conf, target, path: `/run/foreign:${binFolder}` },
    takesResult,
  });
  return {
    name: 'bridge with a foreign IPAM plugin',
    container: `f${n}`,
    steps: [step('STATUS'), step('ADD'), step('CHECK', true), step('DEL', true), step('DEL')],
  };
}

/** Says what it was given, on both streams, and fails its second DEL. */
export const foreignPlugin = `#!/bin/sh
env | grep '^CNI_' | sort >&2
cat >/run/foreign/input
case $CNI_COMMAND in
ADD) echo '{"cniVersion":"1.1.0","ips":[{"address":"10.83.0.2/24"}]}' ;;
DEL) if [ -e /run/foreign/once ]; then echo '{"code":111,"msg":"again?","details":"d"}'; exit 1; fi; : >/run/foreign/once ;;
esac
`;

let next = 1;
/** The first looks at the whole host, so it comes before the host holds what others make. */
export const scenes: readonly [Scene, ...Scene[]] = [
  mistakesWith('host', next++),
  ...types.flatMap((type) => versions.map((version) => lifeOf(type, version, next++))),
  ...versatile.filter((type) => type !== 'host').map((type) => mistakesWith(type, next++)),
  foreignDelegate(next++),
];
