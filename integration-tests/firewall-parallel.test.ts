/** Many processes that change one host's firewall at the same time: none loses or doubles what another made. */
import { attachment, type Call, callPluginAsync, type Json, type Reply } from './cni-call';
import { PrivateHost } from './private-host';
import { takeSnapshot } from './snapshot';

const count = 30;

function conf(backend: string, at: number): Json {
  return {
    cniVersion: '1.1.0',
    name: `net${at % 3}`,
    type: 'portmap',
    backend,
    runtimeConfig: { portMappings: [{ hostPort: 8000 + at, containerPort: 80, protocol: 'tcp' }] },
    prevResult: { cniVersion: '1.1.0', ips: [{ address: `10.1.0.${at + 2}/24` }] },
  };
}

function callAll(host: PrivateHost, backend: string, command: Call['command']): Promise<Reply[]> {
  const ids = Array.from({ length: count }, (_, at) => at);
  return Promise.all(
    ids.map((at) =>
      callPluginAsync(host, {
        command,
        conf: conf(backend, at),
        target: { ...attachment(`c${at}`), netns: '/run/netns/any' },
      }),
    ),
  );
}

const failures = (replies: Reply[]) =>
  replies.filter(({ code }) => code !== 0).map(({ stdout, stderr }) => stdout + stderr);

/** How often each published port leads somewhere: by a rule, or by an element of a map. */
function publications(host: PrivateHost): number[] {
  const text = host.sh('iptables-save -t nat; nft list ruleset');
  return Array.from({ length: count }, (_, at) => {
    const target = `10\\.1\\.0\\.${at + 2}`;
    const rule = `--dport ${8000 + at} [^\\n]*--to-destination ${target}:80`;
    const element = `tcp \\. ${8000 + at} comment "[^"]*" : ${target} \\. 80`;
    return [...text.matchAll(new RegExp(`${rule}|${element}`, 'g'))].length;
  });
}

it.each(['iptables', 'nftables'])(`%s: ${count} processes publish, check and take back`, async (backend) => {
  const host = await PrivateHost.create();
  try {
    host.sh('ip link add br0 type bridge; ip addr add 10.1.0.1/24 dev br0; ip link set br0 up');
    host.sh('ip netns add any');
    const before = takeSnapshot(host);
    expect(failures(await callAll(host, backend, 'ADD'))).toEqual([]);
    expect(publications(host)).toEqual(Array(count).fill(1));
    expect(failures(await callAll(host, backend, 'CHECK'))).toEqual([]);
    expect(failures(await callAll(host, backend, 'DEL'))).toEqual([]);
    expect(takeSnapshot(host)).toEqual(before);
  } finally {
    host.destroy();
  }
});
