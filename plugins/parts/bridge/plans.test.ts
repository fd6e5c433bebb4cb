import fc from 'fast-check';
import * as v from 'valibot';
import type { Dns } from '../../../cni/result';
import { bridgeConf } from '../../../conf/bridge';
import { hostVethAltName, hostVethName, isPortOf, portAlias } from '../ownership';
import * as bridgeGateway from './gateway';
import * as portVlans from './port-vlans';
import * as bridgeResult from './result';
import * as firewallRules from './rules';
import { portSpec } from './spec';

const conf = (keys: object = {}) => v.parse(bridgeConf, { name: 'net', type: 'bridge', ...keys });
const args = (cniArgs: [string, string][] = []) => ({
  containerId: 'c1',
  netns: '/run/netns/c1',
  ifName: 'eth0',
  cniArgs: new Map(cniArgs),
  path: ['/opt/cni/bin'],
});
const link = (name: string, mac: string) => ({ name, mac, mtu: 1500 }) as never;

describe('ownership', () => {
  it('derives names that the kernel takes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (network, containerId, ifName) => {
        expect(hostVethName({ network, containerId, ifName })).toMatch(/^veth[0-9a-f]{11}$/);
        expect(
          Buffer.byteLength(
            portAlias({ network, containerId: containerId.slice(0, 64), ifName: ifName.slice(0, 15) }).slice(
              0,
              255,
            ),
          ),
        ).toBeGreaterThan(6);
      }),
    );
  });

  it('separates the parts', () => {
    expect(hostVethName({ network: 'a', containerId: 'bc', ifName: 'eth0' })).not.toBe(
      hostVethName({ network: 'ab', containerId: 'c', ifName: 'eth0' }),
    );
  });

  it('recognises the ports of a network by their alias, also when names are very long', () => {
    for (const network of ['net', 'n'.repeat(300)]) {
      const alias = portAlias({ network, containerId: 'c'.repeat(250), ifName: 'eth0' });
      expect(alias.length).toBeLessThanOrEqual(255);
      expect(isPortOf(network, { alias } as never)).toBe(true);
      expect(isPortOf(`${network}x`, { alias } as never)).toBe(false);
      expect(isPortOf('ne', { alias } as never)).toBe(false);
    }
  });

  it('derives alternative names, which differ wherever the attachments do', () => {
    const parts = fc.record({ network: fc.string(), containerId: fc.string(), ifName: fc.string() });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(hostVethAltName(one)).toMatch(/^tsnet-[0-9a-f]{32}$/);
        const same = portAlias(one) === portAlias(other);
        if (!same) expect(hostVethAltName(one)).not.toBe(hostVethAltName(other));
      }),
    );
  });
});

describe('port VLANs', () => {
  it('are none without configuration', () => {
    expect(portVlans.plan(conf())).toBeUndefined();
  });

  it('replace VLAN 1 by the access VLAN, unless it is to be kept', () => {
    expect(portVlans.plan(conf({ vlan: 100 }))).toEqual({ access: 100, trunk: [], dropDefault: true });
    expect(portVlans.plan(conf({ vlan: 100, preserveDefaultVlan: true }))?.dropDefault).toBe(false);
    expect(portVlans.plan(conf({ vlan: 1 }))?.dropDefault).toBe(false);
  });

  it('merge and sort trunk ranges', () => {
    const vlanTrunk = [
      { id: 101 },
      { minID: 200, maxID: 210 },
      { id: 102 },
      { minID: 205, maxID: 220 },
      { id: 5 },
    ];
    expect(portVlans.plan(conf({ vlanTrunk }))?.trunk).toEqual([
      { first: 5, last: 5 },
      { first: 101, last: 102 },
      { first: 200, last: 220 },
    ]);
  });
});

describe('requested MAC', () => {
  const mac = (n: number) => `02:00:00:00:00:0${n}`;
  test.each([
    [{ runtimeConfig: { mac: mac(1) }, args: { cni: { mac: mac(2) } } }, [['MAC', mac(3)]], mac(1)],
    [{ args: { cni: { mac: mac(2) } } }, [['MAC', mac(3)]], mac(2)],
    [{ runtimeConfig: { mac: '' }, args: { cni: { mac: '' } } }, [['MAC', '']], undefined],
    [{}, [['MAC', mac(3)]], mac(3)],
    [{}, [], undefined],
  ] as const)('of %j and %j is %s', (keys, cniArgs, expected) => {
    expect(portSpec(conf(keys), args(cniArgs.map(([k, value]) => [k, value]))).mac).toBe(expected);
  });

  it('is refused when it is none', () => {
    expect(() => portSpec(conf(), args([['MAC', 'zz']]))).toThrow(
      'failed to make veth pair: address zz: invalid MAC address',
    );
  });
});

describe('gateway addresses', () => {
  it('carry the prefix length of the container’s address, once each', () => {
    const ips = [
      { address: '10.1.2.3/24', gateway: '10.1.2.1' },
      { address: '10.1.2.4/24', gateway: '10.1.2.1' },
      { address: 'fd00::5/64', gateway: 'FD00::1' },
      { address: '10.7.0.1/16' },
    ];
    expect(bridgeGateway.plan(ips)).toEqual(['10.1.2.1/24', 'fd00::1/64']);
  });
});

describe('firewall rules', () => {
  it('masquerade each subnet once, whatever the number of addresses', () => {
    const sets = firewallRules.masquerade('net', 'cni0', ['10.1.2.3/24', '10.1.2.4/24', 'fd00::5/64']);
    expect(sets.map((set) => set.owner)).toEqual([
      ['net', '10.1.2.0/24'],
      ['net', 'fd00::/64'],
    ]);
    expect(sets[0]!.rules[1]).toEqual({
      hook: 'nat-postrouting',
      family: 'ipv4',
      match: { source: '10.1.2.0/24', outInterface: { not: 'cni0' } },
      action: { masquerade: true },
    });
  });

  it('have no policy for an ordinary network', () => {
    expect(firewallRules.policy('net', 'cni0', { icc: true, internal: false })).toBeUndefined();
    expect(firewallRules.policy('net', 'cni0', { icc: false, internal: false })?.rules).toHaveLength(1);
    expect(firewallRules.policy('net', 'cni0', { icc: false, internal: true })?.rules).toHaveLength(3);
  });
});

describe('bridge result', () => {
  const plan = {
    ips: [{ address: '10.1.2.3/24', gateway: '10.1.2.1' }],
    resultRoutes: [{ dst: '0.0.0.0/0' }],
    routes: [],
    families: [],
  };
  const links = {
    bridge: link('cni0', 'aa'),
    port: link('veth1', 'bb'),
    inside: link('eth0', 'cc'),
    gateway: undefined,
  };
  const make = (dns?: Dns, lease = {}) =>
    bridgeResult.make(links, plan, { sandbox: '/run/netns/c1', dns, lease });

  it('lists bridge, host end and container end, and points addresses to the last', () => {
    expect(make()).toEqual({
      interfaces: [
        { name: 'cni0', mac: 'aa', mtu: 1500 },
        { name: 'veth1', mac: 'bb', mtu: 1500 },
        { name: 'eth0', mac: 'cc', mtu: 1500, sandbox: '/run/netns/c1' },
      ],
      ips: [{ address: '10.1.2.3/24', gateway: '10.1.2.1', interface: 2 }],
      routes: [{ dst: '0.0.0.0/0' }],
    });
  });

  it('prefers the configuration’s dns, even an empty list of servers, to the lease’s', () => {
    const lease = { dns: { nameservers: ['10.0.0.2'] } };
    expect(make(undefined, lease).dns).toEqual(lease.dns);
    expect(make({}, lease).dns).toEqual(lease.dns);
    expect(make({ nameservers: [] }, lease).dns).toEqual({ nameservers: [] });
  });

  it('is read back', () => {
    const read = bridgeResult.read(make(), args(), 'cni0');
    expect(read.inside.mac).toBe('cc');
    expect(read.bridgeMac).toBe('aa');
    expect(read.lease.ips).toHaveLength(1);
  });

  it('is refused without the interface, or for another namespace', () => {
    expect(() => bridgeResult.read({ interfaces: [] }, args(), 'cni0')).toThrow('lists no interface "eth0"');
    expect(() => bridgeResult.read(make(), { ...args(), netns: '/run/netns/other' }, 'cni0')).toThrow(
      "doesn't match configured netns",
    );
  });
});
