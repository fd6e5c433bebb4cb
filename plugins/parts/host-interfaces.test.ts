import type { Address, Link, Rtnl } from '../../linux/rtnl/model';
import { describeInterfaces } from './host-interfaces';

function link(index: number, name: string, kind: string): Link {
  return { index, name, kind, mac: `02:00:00:00:00:0${index}`, mtu: 1500 } as Link;
}

function address(index: number, cidr: string, scope = 'global'): Address {
  return { index, address: cidr, scope, tentative: false, dadFailed: false };
}

const links = [
  link(1, 'lo', 'loopback'),
  link(2, 'eth0', 'device'),
  link(3, 'eth1', 'device'),
  link(4, 'veth4', 'veth'),
  link(5, 'uplink', 'veth'),
];
const addresses = [
  address(1, '127.0.0.1/8', 'host'),
  address(1, '::1/128', 'host'),
  address(2, '192.0.2.7/24'),
  address(2, 'fe80::2/64', 'link'),
  address(4, 'fe80::4/64', 'link'),
  address(5, '198.51.100.7/24'),
];
const rtnl = { listLinks: () => links, listAddresses: () => addresses } as unknown as Rtnl;

test("lists the host's own interfaces, not the host ends of containers' veths", () => {
  const { interfaces } = describeInterfaces(rtnl, '/run/netns/x');
  expect(interfaces?.map(({ name }) => name)).toEqual(['lo', 'eth0', 'eth1', 'uplink']);
  expect(interfaces?.[1]).toEqual({
    name: 'eth0',
    mac: '02:00:00:00:00:02',
    mtu: 1500,
    sandbox: '/run/netns/x',
  });
});

test('lists configured addresses, those of lo last', () => {
  expect(describeInterfaces(rtnl, '/run/netns/x').ips).toEqual([
    { interface: 1, address: '192.0.2.7/24' },
    { interface: 3, address: '198.51.100.7/24' },
    { interface: 0, address: '127.0.0.1/8' },
    { interface: 0, address: '::1/128' },
  ]);
});
