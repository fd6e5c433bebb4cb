/** The firewall rules of bridge networks, on packets. */

import { createOutside, host, inside, network, pings } from './bridge-suite';
import { createSandbox, Network } from './cni-call';
import { takeSnapshot } from './snapshot';

describe.each(['iptables', 'nftables'])('rules by %s', (backend) => {
  it('ipMasq hides containers behind the host, once per network', () => {
    createOutside();
    const net = network({ ipMasq: true, ipMasqBackend: backend });
    const before = takeSnapshot(host, { except: ['br0'] });
    const targets = ['one', 'two', 'three'].map((name) => createSandbox(host, name));
    net.add(targets[0]!);
    const ruleCount = host.sh('nft list ruleset | grep -c masquerade');
    for (const target of targets.slice(1)) net.add(target);
    expect(host.sh('nft list ruleset | grep -c masquerade')).toBe(ruleCount);
    for (const name of ['one', 'two', 'three']) {
      expect(pings(name, '192.0.2.2')).toBe(true);
      expect(pings(name, 'fd99::2')).toBe(true);
    }
    expect(net.check(targets[0]!).code).toBe(0);
    net.del(targets[0]!);
    expect(pings('two', '192.0.2.2')).toBe(true);
    for (const target of targets.slice(1)) net.del(target);
    expect(takeSnapshot(host, { except: ['br0'] })).toEqual(before);
  });

  it('internal keeps the network to itself', () => {
    createOutside();
    host.sh('ip -n outside route add 10.50.0.0/24 via 192.0.2.1');
    const open = network({}, 'open');
    const closed = new Network(host, {
      name: 'closed',
      plugins: [
        {
          type: 'bridge',
          bridge: 'br1',
          isDefaultGateway: true,
          internal: true,
          firewallBackend: backend,
          ipam: { type: 'host-local', subnet: '10.51.0.0/24' },
        },
      ],
    });
    host.sh('ip -n outside route add 10.51.0.0/24 via 192.0.2.1');
    open.add(createSandbox(host, 'one'));
    closed.add(createSandbox(host, 'two'));
    closed.add(createSandbox(host, 'three'));
    expect(pings('one', '192.0.2.2')).toBe(true);
    expect(pings('two', '192.0.2.2')).toBe(false);
    expect(pings('one', '10.51.0.2')).toBe(false);
    expect(pings('two', '10.51.0.3')).toBe(true);
    expect(pings('two', '10.51.0.1')).toBe(true);
  });

  it('icc off keeps containers apart, but not from the gateway', () => {
    const net = network({ icc: false, firewallBackend: backend });
    net.add(createSandbox(host, 'one'));
    net.add(createSandbox(host, 'two'));
    expect(pings('one', '10.50.0.3')).toBe(false);
    expect(pings('one', 'fd50::3')).toBe(false);
    expect(pings('one', '10.50.0.1')).toBe(true);
  });

  it('macspoofchk drops frames with a foreign source address', () => {
    network({ macspoofchk: true, firewallBackend: backend }).add(createSandbox(host, 'one'));
    expect(pings('one', '10.50.0.1')).toBe(true);
    inside('one', 'ip link set eth0 address 02:aa:aa:aa:aa:aa');
    expect(pings('one', '10.50.0.1')).toBe(false);
  });
});
