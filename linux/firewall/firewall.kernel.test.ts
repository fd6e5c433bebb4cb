/** One contract for all backends, on a real kernel and with real packets. */
import { execFileSync } from 'node:child_process';
import { enterPrivateHost } from '../private-host';
import { ContractNetwork } from './contract-network';
import { IptablesFirewall } from './iptables';
import type { Firewall, PortForward, RuleSet } from './model';
import { NftablesFirewall } from './nftables';

enterPrivateHost();

const output = (file: string, ...args: string[]) => execFileSync(file, args, { encoding: 'utf8' });

const subnets = { ipv4: '10.1.0.0/24', ipv6: 'fd01::/64' } as const;
const addresses = { ipv4: '10.1.0.2', ipv6: 'fd01::2' } as const;

function forward(family: 'ipv4' | 'ipv6', rest: Partial<PortForward>): PortForward {
  return {
    family,
    protocol: 'tcp',
    hostPort: 8080,
    address: addresses[family],
    port: 80,
    masquerade: 'needed',
    subnet: subnets[family],
    ...rest,
  };
}

const both = (rest: Partial<PortForward>) => [forward('ipv4', rest), forward('ipv6', rest)];

function portmap(forwards: PortForward[], owner: RuleSet['owner'] = ['net', 'c1', 'eth0']): RuleSet {
  return { role: 'portmap', owner, rules: [], forwards };
}

const masquerade: RuleSet = {
  role: 'masquerade',
  owner: ['net'],
  rules: Object.values(subnets).map((subnet) => ({
    hook: 'nat-postrouting',
    match: { source: subnet, destination: { not: subnet } },
    action: { masquerade: true },
  })),
};

const internal: RuleSet = {
  role: 'policy',
  owner: ['net'],
  rules: [
    {
      hook: 'filter-forward',
      match: { inInterface: 'br0', outInterface: { not: 'br0' } },
      action: { verdict: 'drop' },
    },
  ],
};

const guard: RuleSet = {
  role: 'macspoofchk',
  owner: ['net', 'c2', 'eth0'],
  rules: [
    {
      hook: 'bridge-prerouting',
      match: { inInterface: 'vc2', sourceMac: { not: '02:00:00:00:00:02' } },
      action: { verdict: 'drop' },
    },
  ],
};

const everything: RuleSet[] = [
  portmap([
    ...both({}),
    forward('ipv4', { hostPort: 53, protocol: 'udp', hostAddress: '127.0.0.1' }),
    ...both({ hostPort: 7000, count: 3, port: 8000, protocol: 'sctp' }),
    ...both({ hostPort: 9000, count: 3, port: 9000 }),
  ]),
  masquerade,
  internal,
  guard,
];

let network: ContractNetwork;
beforeAll(async () => {
  network = await ContractNetwork.create();
});
afterAll(() => network.destroy());

interface Subject {
  name: string;
  firewall: Firewall;
  /** One way after the other to damage what the kernel holds of tsnet. */
  breakages(): (() => void)[];
}

function nftBreakages(family: string): (() => void)[] {
  const items = JSON.parse(output('nft', '-j', 'list', 'table', family, 'tsnet')).nftables;
  const elements = output('nft', 'list', 'table', family, 'tsnet').matchAll(
    /(?:map|set) (\S+) \{[^}]*?elements = \{ (.*?) comment/gs,
  );
  return [
    () => output('nft', 'delete', 'table', family, 'tsnet'),
    ...[...elements].map(([, set, key]) => () => {
      output('nft', 'delete', 'element', family, 'tsnet', set!, `{ ${key} }`);
    }),
    ...items
      .filter((item: { rule?: object }) => item.rule)
      .map(({ rule }: { rule: { chain: string; handle: number } }) => () => {
        output('nft', 'delete', 'rule', family, 'tsnet', rule.chain, 'handle', `${rule.handle}`);
      }),
  ];
}

/** Each rule of ours deleted, or doubled, by hand. */
function iptablesBreakages(program: string): (() => void)[] {
  return output(`${program}-save`)
    .split(/^\*/m)
    .slice(1)
    .flatMap((table) =>
      table
        .split('\n')
        .filter((line) => line.startsWith('-A') && line.includes('tsnet'))
        .flatMap((line) =>
          (line.includes('-j TSNET') ? [line.replace('-A', '-D'), line] : [line.replace('-A', '-D')]).map(
            (command) => () => {
              execFileSync(`${program}-restore`, ['--noflush'], {
                input: `*${table.split('\n')[0]}\n${command}\nCOMMIT\n`,
              });
            },
          ),
        ),
    );
}

const nftables = new NftablesFirewall();
const subjects: Subject[] = [
  ...(['nft', 'legacy'] as const).map((variant) => ({
    name: `iptables-${variant}`,
    firewall: new IptablesFirewall({ variant, bridge: nftables }),
    breakages: () => [
      ...iptablesBreakages(`iptables-${variant}`),
      ...iptablesBreakages(`ip6tables-${variant}`),
      ...nftBreakages('bridge'),
    ],
  })),
  {
    name: 'nftables',
    firewall: nftables,
    breakages: () => [...nftBreakages('inet'), ...nftBreakages('bridge')],
  },
];

/** All that any of the tools shows, without dates and counters. */
function ruleset(): string {
  const programs = ['iptables-nft', 'ip6tables-nft', 'iptables-legacy', 'ip6tables-legacy'];
  const saved = programs.map((program) => output(`${program}-save`));
  return [...saved, output('nft', 'list', 'ruleset')].join('').replace(/^#.*\n|\[\d+:\d+\]/gm, '');
}

describe.each(subjects)('$name', ({ firewall, breakages }) => {
  const made: RuleSet[] = [];
  let before: string;

  async function ensure(...sets: RuleSet[]): Promise<void> {
    made.push(...sets);
    for (const set of sets) await firewall.ensure(set);
  }

  beforeAll(async () => {
    // iptables sets up its built-in tables at first use, for good
    for (const set of everything) await firewall.ensure(set);
    await firewall.remove(everything);
    before = ruleset();
  });
  afterEach(async () => {
    await firewall.remove(made.splice(0));
    expect(ruleset()).toBe(before);
  });

  describe('published ports', () => {
    it('lead to the container from outside, with the client address kept', async () => {
      await ensure(portmap(both({})));
      expect(network.dial('ext', 'TCP:192.0.2.1:8080')).toBe('192.0.2.2 80');
      expect(network.dial('ext', 'TCP6:[2001:db8::1]:8080')).toBe('2001:db8::2 80');
      await firewall.remove([portmap([])]);
      expect(network.dial('ext', 'TCP:192.0.2.1:8080')).toBe('');
    });

    it('are reached from the host by localhost and by its own address', async () => {
      await ensure(portmap(both({})));
      expect(network.dial('host', 'TCP:127.0.0.1:8080')).toBe('10.1.0.1 80');
      expect(network.dial('host', 'TCP:192.0.2.1:8080')).toBe('192.0.2.1 80');
      expect(network.dial('host', 'TCP6:[2001:db8::1]:8080')).toMatch(/ 80$/);
    });

    it('are reached from the same network, past no one', async () => {
      await ensure(portmap(both({})));
      expect(network.dial('c2', 'TCP:192.0.2.1:8080')).toBe('10.1.0.1 80');
      expect(network.dial('c2', 'TCP6:[2001:db8::1]:8080')).toBe('fd01::1 80');
    });

    it('bound to a host address answer there only', async () => {
      await ensure(
        portmap([
          forward('ipv4', { hostAddress: '192.0.2.1' }),
          forward('ipv4', { hostAddress: '127.0.0.1', hostPort: 8081 }),
          forward('ipv6', { hostAddress: '2001:db8::1' }),
        ]),
      );
      expect(network.dial('ext', 'TCP:192.0.2.1:8080')).toBe('192.0.2.2 80');
      expect(network.dial('ext', 'TCP6:[2001:db8::1]:8080')).toBe('2001:db8::2 80');
      expect(network.dial('host', 'TCP:127.0.0.1:8080')).toBe('');
      expect(network.dial('ext', 'TCP:192.0.2.1:8081')).toBe('');
      expect(network.dial('host', 'TCP:127.0.0.1:8081')).toBe('10.1.0.1 80');
      expect(network.dial('c2', 'TCP6:[fd01::1]:8080')).toBe('');
    });

    it('can hide the client, always or never', async () => {
      await ensure(portmap(both({ masquerade: 'always' })));
      expect(network.dial('ext', 'TCP:192.0.2.1:8080')).toBe('10.1.0.1 80');
      expect(network.dial('ext', 'TCP6:[2001:db8::1]:8080')).toBe('fd01::1 80');
      await ensure(portmap(both({ masquerade: 'never' })));
      expect(network.dial('ext', 'TCP:192.0.2.1:8080')).toBe('192.0.2.2 80');
      expect(network.dial('host', 'TCP:127.0.0.1:8080')).toBe('');
    });

    it('can be ranges, shifted or not, and udp', async () => {
      await ensure(
        portmap([
          ...both({ hostPort: 8000, count: 3, port: 8000 }),
          ...both({ hostPort: 7000, count: 3, port: 9000 }),
          ...both({ hostPort: 5000, count: 3, port: 8000, protocol: 'udp' }),
        ]),
      );
      expect(network.dial('ext', 'TCP:192.0.2.1:8002')).toBe('192.0.2.2 8002');
      expect(network.dial('ext', 'TCP:192.0.2.1:7002')).toBe('192.0.2.2 9002');
      expect(network.dial('ext', 'TCP6:[2001:db8::1]:7001')).toBe('2001:db8::2 9001');
      expect(network.dial('ext', 'TCP:192.0.2.1:7003')).toBe('');
      expect(network.dial('ext', 'UDP:192.0.2.1:5001')).toBe('192.0.2.2 8001');
      expect(network.dial('ext', 'UDP6:[2001:db8::1]:5002')).toBe('2001:db8::2 8002');
    });
  });

  it.each([
    ['the same port', {}, {}],
    ['any address and one address', {}, { hostAddress: '127.0.0.1' }],
    ['one address and any address', { hostAddress: '192.0.2.1' }, { hostAddress: '0.0.0.0' }],
    ['a port within a range', { hostPort: 8000, count: 100 }, { hostPort: 8099 }],
    ['a range around a port', { hostPort: 8050 }, { hostPort: 8000, port: 8000, count: 100 }],
  ])('refuses a taken port and changes nothing: %s', async (_, first, second) => {
    await ensure(portmap([forward('ipv4', first)]));
    const held = ruleset();
    const other = portmap([forward('ipv4', second)], ['net', 'c2', 'eth0']);
    await expect(firewall.ensure(other)).rejects.toMatchObject({ code: 'EADDRINUSE', owner: 'net/c1/eth0' });
    expect(ruleset()).toBe(held);
  });

  it('lets ports be shared by protocol, family and address', async () => {
    await ensure(
      portmap([forward('ipv4', { hostAddress: '192.0.2.1' })]),
      portmap([forward('ipv4', { hostAddress: '127.0.0.1' })], ['net', 'c2', 'eth0']),
      portmap([forward('ipv6', {}), forward('ipv4', { protocol: 'udp' })], ['net', 'c3', 'eth0']),
    );
    expect(network.dial('ext', 'TCP:192.0.2.1:8080')).toBe('192.0.2.2 80');
  });

  it('lets a new owner have the address that a dead one left', async () => {
    await ensure(portmap([forward('ipv4', {})], ['net', 'dead', 'eth0']));
    const next = portmap([forward('ipv4', { hostPort: 8081 })]);
    await ensure(next);
    await firewall.verify(next);
    await firewall.remove([portmap([], ['net', 'dead', 'eth0'])]);
    await firewall.verify(next);
    expect(network.dial('host', 'TCP:127.0.0.1:8081')).toBe('10.1.0.1 80');
  });

  it('masquerades a network', async () => {
    expect(network.dial('c1', 'TCP:192.0.2.2:80')).toBe('');
    await ensure(masquerade);
    expect(network.dial('c1', 'TCP:192.0.2.2:80')).toBe('192.0.2.1 80');
    expect(network.dial('c1', 'TCP6:[2001:db8::2]:80')).toBe('2001:db8::1 80');
    expect(network.dial('c2', 'TCP:10.1.0.2:80')).toBe('10.1.0.3 80');
  });

  it('keeps an internal network in', async () => {
    await ensure(masquerade, internal);
    expect(network.dial('c1', 'TCP:192.0.2.2:80')).toBe('');
    expect(network.dial('c1', 'TCP6:[2001:db8::2]:80')).toBe('');
    expect(network.dial('c2', 'TCP:10.1.0.2:80')).toBe('10.1.0.3 80');
  });

  it('drops frames with a forged hardware address', async () => {
    network.ip('c2', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:02');
    await ensure(guard);
    expect(network.dial('c2', 'TCP:10.1.0.2:80')).toBe('10.1.0.3 80');
    network.ip('c2', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:03');
    network.ip('c1', 'neigh', 'flush', 'dev', 'eth0');
    expect(network.dial('c2', 'TCP:10.1.0.2:80')).toBe('');
    network.ip('c2', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:02');
  });

  it('is idempotent, also after other contents', async () => {
    for (const set of everything)
      await firewall.ensure({ ...set, rules: set.rules.slice(0, 1), forwards: [] });
    await ensure(...everything);
    for (const set of everything) await firewall.verify(set);
    const once = ruleset().replace(/handle \d+/g, '');
    await ensure(...everything);
    expect(ruleset()).toBe(once);
  });

  it('notices whatever is broken by hand, and mends it', async () => {
    await ensure(...everything);
    const count = breakages().length;
    expect(count).toBeGreaterThan(20);
    for (let index = 0; index < count; index++) {
      breakages()[index]!();
      const mended = [];
      for (const set of everything) {
        const [{ status, reason }] = (await Promise.allSettled([firewall.verify(set)])) as [
          PromiseRejectedResult,
        ];
        if (status !== 'rejected') continue;
        expect(reason).toMatchObject({ code: 'EDRIFT' });
        await firewall.ensure(set);
        mended.push(set.role);
      }
      expect(mended).not.toEqual([]);
    }
    for (const set of everything) await firewall.verify(set);
  });

  it('removes what is left when parts are gone', async () => {
    await ensure(...everything);
    const count = breakages().length;
    for (let index = 0; index < count; index += 9) {
      breakages()[index]!();
      await firewall.remove(everything);
      expect(ruleset()).toBe(before);
      for (const set of everything) await firewall.ensure(set);
    }
  });

  it('leaves other owners alone, and lists them', async () => {
    await ensure(portmap([forward('ipv4', {})]), masquerade, guard);
    await ensure(portmap([forward('ipv6', {})], ['net', 'c2', 'eth0']));
    await ensure({ ...masquerade, owner: ['other', '10.1.0.0/24'] });
    const held = ruleset();
    await ensure(portmap([forward('ipv4', { hostPort: 1, address: '10.1.0.9' })], ['net', 'c1', 'eth1']));
    const owners = await firewall.listOwners('portmap', 'net');
    expect(owners.map(([, id, name]) => `${id} ${name}`).sort()).toEqual(['c1 eth0', 'c1 eth1', 'c2 eth0']);
    expect(await firewall.listOwners('masquerade', 'net')).toEqual([['net']]);
    expect(await firewall.listOwners('masquerade', 'other')).toEqual([['other', '10.1.0.0/24']]);
    expect(await firewall.listOwners('macspoofchk', 'net')).toEqual([['net', 'c2', 'eth0']]);
    await firewall.remove([portmap([], ['net', 'c1', 'eth1']), portmap([], ['net', 'nobody', 'eth0'])]);
    expect(ruleset()).toBe(held);
  });

  it('keeps hostile owners apart, and gives them back', async () => {
    const owners: RuleSet['owner'][] = [
      ['a', 'bc', 'eth0'],
      ['ab', 'c', 'eth0'],
      ['a/bc', 'eth0'],
      ['a" -j ACCEPT\nCOMMIT\n*filter\n:FORWARD DROP', '$(x)`y`\\"}; flush ruleset', 'é\u0001%2f'],
      ['x'.repeat(300), 'y'.repeat(500), 'eth0'],
    ];
    const sets = owners.map((owner, index) =>
      portmap([forward('ipv4', { hostPort: 100 + index, address: `10.1.0.${index + 10}` })], owner),
    );
    await ensure(...sets);
    for (const set of sets) await firewall.verify(set);
    for (const owner of owners) expect(await firewall.listOwners('portmap', owner[0])).toContainEqual(owner);
  });

  it('serves 20 at once', async () => {
    const sets = Array.from({ length: 20 }, (_, index) =>
      portmap(
        [forward('ipv4', { hostPort: 100, hostAddress: `127.0.0.${index}`, address: `10.1.0.${index}` })],
        ['net', `c${index}`, 'eth0'],
      ),
    );
    made.push(...sets);
    await Promise.all(sets.map((set) => firewall.ensure(set)));
    for (const set of sets) await firewall.verify(set);
    await Promise.all(sets.map((set) => firewall.remove([set])));
    expect(ruleset()).toBe(before);
  });

  it('works here', () => expect(firewall.status()).resolves.toBeUndefined());
});
