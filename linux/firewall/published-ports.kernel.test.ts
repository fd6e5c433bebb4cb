/** A port that anybody publishes already, by whatever tool, is refused on every backend, with its holder named. */
import { execFileSync } from 'node:child_process';
import { enterPrivateHost } from '../private-host';
import { forward, portmap, ruleset, subjects } from './contract-subjects';
import type { Rule, RuleSet } from './model';

enterPrivateHost();

const run = (file: string, args: string[], input = '') =>
  execFileSync(file, args, { input, encoding: 'utf8' });
const nft = (text: string) => run('nft', ['-f', '-'], text);
const nat = (program: string, text: string) =>
  run(`${program}-restore`, ['--noflush'], `*nat\n${text}\nCOMMIT\n`);

/** What a published port looks like that the reference plugin made, or Docker, or an administrator. */
const dockerChain = (program: string) =>
  nat(
    program,
    `:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
-A DOCKER -d 192.0.2.9/32 ! -i docker0 -p udp -m udp --dport 53 -j DNAT --to-destination 172.17.0.2:53`,
  );

const dockerBridges = `table ip docker-bridges {
  chain nat-PREROUTING {
    type nat hook prerouting priority -100; policy accept
    fib daddr type local jump nat-prerouting-and-output
  }
  chain nat-prerouting-and-output {
    iifname != "docker0" tcp dport 8080 counter dnat to 172.17.0.2:80 comment "DNAT"
    ip daddr 192.0.2.9 udp dport 53 counter dnat to 172.17.0.2:53 comment "DNAT"
  }
}`;

const cniHostport = `table ip cni_hostport {
  chain hostports {
    tcp dport 8080 dnat to 10.0.0.2:80 comment "4bd1f"
    ip daddr 192.0.2.9 udp dport 53 dnat to 10.0.0.2:53 comment "4bd1f"
  }
}`;

const handMade = `table inet mine {
  chain redirections {
    type nat hook prerouting priority -100
    meta l4proto { tcp, sctp } th dport { 7000, 8000-8090 } redirect to :22
    meta nfproto ipv4 ip daddr 192.0.2.0/28 udp dport 53 dnat ip to 10.0.0.2
  }
}`;

/** The reference plugin itself, as Debian ships it. */
function addByReferencePlugin(): void {
  const conf = {
    cniVersion: '1.0.0',
    name: 'gonet',
    type: 'portmap',
    runtimeConfig: {
      portMappings: [
        { hostPort: 8080, containerPort: 80, protocol: 'tcp' },
        { hostPort: 53, containerPort: 53, protocol: 'udp', hostIP: '192.0.2.9' },
      ],
    },
    prevResult: {
      cniVersion: '1.0.0',
      interfaces: [{ name: 'eth0', sandbox: '/proc/self/ns/net' }],
      ips: [{ address: '10.0.0.2/24', interface: 0 }],
    },
  };
  execFileSync('/usr/lib/cni/portmap', [], {
    input: JSON.stringify(conf),
    env: {
      PATH: process.env.PATH,
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: 'gocid',
      CNI_NETNS: '/proc/self/ns/net',
      CNI_IFNAME: 'eth0',
      CNI_PATH: '/usr/lib/cni',
    },
  });
}

const makers: [string, () => void, RegExp][] = [
  ['the reference portmap', addByReferencePlugin, /dnat name: "gonet" id: "gocid"/],
  ['Docker by iptables-nft', () => dockerChain('iptables-nft'), /chain DOCKER, to 172\.17\.0\.2:/],
  ['Docker by iptables-legacy', () => dockerChain('iptables-legacy'), /chain DOCKER, to 172\.17\.0\.2:/],
  ['Docker by nftables', () => nft(dockerBridges), /ip docker-bridges nat-prerouting-and-output, to 172/],
  ['the reference portmap by nftables', () => nft(cniHostport), /^4bd1f: nftables ip cni_hostport/],
  ['an administrator', () => nft(handMade), /^nftables inet mine redirections/],
];

beforeAll(() => {
  // What the reference plugin asks of a host before it makes rules
  run('ip', ['link', 'set', 'lo', 'up']);
  run('ip', ['addr', 'add', '10.0.0.1/24', 'dev', 'lo']);
});
afterEach(() => {
  for (const program of ['iptables-legacy', 'ip6tables-legacy'])
    run(`${program}-restore`, [], '*nat\nCOMMIT\n*raw\nCOMMIT\n');
  nft('flush ruleset');
});

const taken = (owner: RegExp | string) => ({
  code: 'EADDRINUSE',
  owner: typeof owner === 'string' ? owner : expect.stringMatching(owner),
});

describe.each(subjects)('$name', ({ firewall }) => {
  it.each(makers)('sees ports of %s', async (_, make, owner) => {
    make();
    const before = ruleset();
    const udp = { protocol: 'udp', hostPort: 53 } as const;
    const refused = [
      forward('ipv4', {}),
      forward('ipv4', { hostPort: 8070, count: 20, hostAddress: '192.0.2.1' }),
      forward('ipv4', udp),
      forward('ipv4', { ...udp, hostAddress: '192.0.2.9' }),
    ];
    for (const one of refused)
      await expect(firewall.ensure(portmap([one]))).rejects.toMatchObject(taken(owner));
    expect(ruleset()).toBe(before);
    await firewall.ensure(
      portmap([
        forward('ipv4', { hostPort: 8091 }),
        forward('ipv4', { ...udp, hostAddress: '192.0.2.77' }),
        forward('ipv4', { protocol: 'udp' }),
      ]),
    );
  });

  it.each(subjects)('sees ports that $name of ours holds', async ({ firewall: other }) => {
    const held = portmap(
      [forward('ipv4', {}), forward('ipv6', { count: 9, port: 8080 })],
      ['net', 'x', 'eth0'],
    );
    await other.ensure(held);
    for (const one of [forward('ipv4', {}), forward('ipv6', { hostPort: 8088 })])
      await expect(firewall.ensure(portmap([one]))).rejects.toMatchObject(taken('net/x/eth0'));
    await firewall.ensure(portmap([forward('ipv6', { hostPort: 8089 })]));
    await other.ensure(held);
  });

  function conditional(native: string[], owner: RuleSet['owner']): RuleSet {
    const match = { destinationLocal: true, protocol: 'tcp', ports: { first: 8080, last: 8080 } } as const;
    const rules = (['nat-prerouting', 'nat-output'] as const).map(
      (hook): Rule => ({
        hook,
        family: 'ipv4',
        match: native.length > 0 ? { ...match, native } : match,
        action: { dnat: { address: '10.1.0.2', port: 80 } },
      }),
    );
    return { role: 'portmap', owner, rules };
  }
  const condition = () =>
    firewall.backend === 'iptables' ? ['-s', '10.9.0.0/16'] : ['ip saddr 10.9.0.0/16'];

  it('guards plain rules that lead a port elsewhere, under conditions or not', async () => {
    const some = conditional(condition(), ['net', 'some', 'eth0']);
    await firewall.ensure(some);
    await firewall.ensure(some);
    await expect(firewall.ensure(portmap([forward('ipv4', {})]))).rejects.toMatchObject(
      taken('net/some/eth0'),
    );
    await expect(firewall.ensure(conditional([], ['net', 'all', 'eth0']))).rejects.toMatchObject(
      taken('net/some/eth0'),
    );
    await firewall.ensure(conditional(condition(), ['net', 'others', 'eth0']));
    await firewall.ensure(portmap([forward('ipv6', {})]));
  });

  it('refuses a plain rule for a port that is published', async () => {
    await firewall.ensure(portmap([forward('ipv4', {})]));
    await expect(firewall.ensure(conditional(condition(), ['net', 'some', 'eth0']))).rejects.toMatchObject(
      taken('net/c1/eth0'),
    );
  });
});
