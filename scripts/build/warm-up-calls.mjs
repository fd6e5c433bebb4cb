/** The calls that a code cache is made of: those that runtimes make most. */

const ranges = [[{ subnet: '10.99.0.0/24' }]];
const ipam = { type: 'host-local', ranges, routes: [{ dst: '0.0.0.0/0' }] };
const address = { address: '10.99.0.7/24', gateway: '10.99.0.1', interface: 0 };

/** Type → its configuration. Types without one are asked for their versions only. */
const configurations = {
  bridge: { bridge: 'warm0', isGateway: true, ipMasq: true, ipam },
  container: {},
  host: {},
  'host-local': { ipam },
  loopback: {},
  null: {},
  portmap: {
    runtimeConfig: { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] },
    prevResult: {
      cniVersion: '1.1.0',
      interfaces: [{ name: 'eth0', sandbox: '/run/netns/warm' }],
      ips: [address],
    },
  },
  static: { ipam: { type: 'static', addresses: [{ address: '10.99.0.7/24', gateway: '10.99.0.1' }] } },
};

function cniCall(type, command, bin) {
  const input = { cniVersion: '1.1.0', name: 'warm', type, ...configurations[type] };
  const env = {
    CNI_COMMAND: command,
    CNI_CONTAINERID: 'warm',
    CNI_NETNS: '/run/netns/warm',
    CNI_IFNAME: type === 'loopback' ? 'lo' : 'eth0',
    CNI_PATH: bin,
  };
  return { argv: [], env, stdin: JSON.stringify(input) };
}

const commandLine = (...argv) => ({ argv, env: {}, stdin: '' });

/**
 * @param host whether there is a private host to work on, where /run/netns/warm is a namespace; without one nothing is
 *   called that would change anything
 * @param bin folder of the executables
 */
export function warmUpCalls(name, { host, bin }) {
  if (name === 'tsnet') return [commandLine('--version'), ...(host ? [commandLine('ps')] : [])];
  const commands = host && configurations[name] ? ['VERSION', 'ADD', 'DEL'] : ['VERSION'];
  return commands.map((command) => cniCall(name, command, bin));
}
