/** All backends let through, translate and drop the same packets. */
import { enterPrivateHost } from '../private-host';
import { ContractNetwork, sysctl } from './contract-network';
import {
  both,
  everything,
  forward,
  guard,
  internal,
  masquerade,
  portmap,
  ruleset,
  subjects,
} from './contract-subjects';
import type { RuleSet } from './model';

enterPrivateHost();

let network: ContractNetwork;
beforeAll(async () => {
  network = await ContractNetwork.create();
});
afterAll(() => network.destroy());

describe.each(subjects)('$name', ({ firewall }) => {
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
      expect(network.dialInVain('ext', 'TCP:192.0.2.1:8080')).toBe('');
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
      expect(network.dialInVain('host', 'TCP:127.0.0.1:8080')).toBe('');
      expect(network.dialInVain('ext', 'TCP:192.0.2.1:8081')).toBe('');
      expect(network.dial('host', 'TCP:127.0.0.1:8081')).toBe('10.1.0.1 80');
      expect(network.dialInVain('c2', 'TCP6:[fd01::1]:8080')).toBe('');
    });

    it('can hide the client, always or never', async () => {
      await ensure(portmap(both({ masquerade: 'always' })));
      expect(network.dial('ext', 'TCP:192.0.2.1:8080')).toBe('10.1.0.1 80');
      expect(network.dial('ext', 'TCP6:[2001:db8::1]:8080')).toBe('fd01::1 80');
      await ensure(portmap(both({ masquerade: 'never' })));
      expect(network.dial('ext', 'TCP:192.0.2.1:8080')).toBe('192.0.2.2 80');
      expect(network.dialInVain('host', 'TCP:127.0.0.1:8080')).toBe('');
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
      expect(network.dialInVain('ext', 'TCP:192.0.2.1:7003')).toBe('');
      expect(network.dial('ext', 'UDP:192.0.2.1:5001')).toBe('192.0.2.2 8001');
      expect(network.dial('ext', 'UDP6:[2001:db8::1]:5002')).toBe('2001:db8::2 8002');
    });
  });

  it('publishes ports of SCTP', async () => {
    await ensure(portmap([forward('ipv4', { protocol: 'sctp', port: 5000 })]));
    expect(await network.sendSctp('192.0.2.1', 8080)).toBe(5000);
  });

  describe.each(['0', '1'])('bridge-nf-call-iptables %s', (value) => {
    const families = ['iptables', 'ip6tables'].map((name) => `bridge/bridge-nf-call-${name}`);
    beforeAll(() => {
      for (const key of families) sysctl(key, value);
      network.ip('host', 'link', 'set', 'vc1', 'type', 'bridge_slave', 'hairpin', 'on');
    });
    afterAll(() => {
      for (const key of families) sysctl(key, '1');
      network.ip('host', 'link', 'set', 'vc1', 'type', 'bridge_slave', 'hairpin', 'off');
    });

    it('a container reaches its own published port, and a neighbour does', async () => {
      await ensure(masquerade, portmap(both({})));
      for (const from of ['c1', 'c2', 'ext'] as const)
        expect([from, network.dial(from, 'TCP:192.0.2.1:8080')]).toEqual([
          from,
          from === 'ext' ? '192.0.2.2 80' : '10.1.0.1 80',
        ]);
      expect(network.dial('c1', 'TCP6:[2001:db8::1]:8080')).toBe('fd01::1 80');
      expect(network.dial('c2', 'TCP6:[2001:db8::1]:8080')).toBe('fd01::1 80');
    });

    it('neighbours see each other by their own addresses, in an internal network too', async () => {
      await ensure(masquerade, internal, portmap(both({})));
      expect(network.dial('c2', 'TCP:10.1.0.2:80')).toBe('10.1.0.3 80');
      expect(network.dial('c2', 'TCP6:[fd01::2]:80')).toBe('fd01::3 80');
      expect(network.dialInVain('c2', 'TCP:192.0.2.2:80')).toBe('');
    });

    it('drops frames with a forged hardware address', async () => {
      network.ip('c2', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:02');
      await ensure(guard, masquerade);
      expect(network.dial('c2', 'TCP:10.1.0.2:80')).toBe('10.1.0.3 80');
      network.ip('c2', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:03');
      network.ip('c1', 'neigh', 'flush', 'dev', 'eth0');
      expect(network.dialInVain('c2', 'TCP:10.1.0.2:80')).toBe('');
      network.ip('c2', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:02');
    });
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
    expect(network.dialInVain('c1', 'TCP:192.0.2.2:80')).toBe('');
    await ensure(masquerade);
    expect(network.dial('c1', 'TCP:192.0.2.2:80')).toBe('192.0.2.1 80');
    expect(network.dial('c1', 'TCP6:[2001:db8::2]:80')).toBe('2001:db8::1 80');
    expect(network.dial('c2', 'TCP:10.1.0.2:80')).toBe('10.1.0.3 80');
  });

  it('keeps an internal network in', async () => {
    await ensure(masquerade, internal);
    expect(network.dialInVain('c1', 'TCP:192.0.2.2:80')).toBe('');
    expect(network.dialInVain('c1', 'TCP6:[2001:db8::2]:80')).toBe('');
    expect(network.dial('c2', 'TCP:10.1.0.2:80')).toBe('10.1.0.3 80');
  });
});
