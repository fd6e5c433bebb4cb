import type { Result } from '../../../cni/result';
import { chooseTargets } from './targets';

const interfaces = [
  { name: 'cni0' },
  { name: 'veth1' },
  { name: 'eth0', sandbox: '/run/netns/c1' },
  { name: 'eth1', sandbox: '/run/netns/c1' },
];

test.each<[string, Result['ips'], object]>([
  ['nothing', undefined, {}],
  ['the interface in question', [{ interface: 2, address: '10.0.0.2/24' }], { ipv4: '10.0.0.2/24' }],
  ['no interface named', [{ address: '10.0.0.2/24' }], { ipv4: '10.0.0.2/24' }],
  ['an index out of range', [{ interface: 9, address: '10.0.0.2/24' }], { ipv4: '10.0.0.2/24' }],
  ['another interface of the container', [{ interface: 3, address: '10.0.0.2/24' }], {}],
  ['an interface of the host', [{ interface: 0, address: '10.0.0.1/24' }], {}],
  [
    'the first of each family',
    [
      { interface: 0, address: '10.0.0.1/24' },
      { interface: 2, address: 'fd00::2/64' },
      { interface: 2, address: '10.0.0.2/24' },
      { interface: 2, address: '10.0.0.3/24' },
      { interface: 2, address: 'fd00::3/64' },
    ],
    { ipv4: '10.0.0.2/24', ipv6: 'fd00::2/64' },
  ],
])('%s', (_case, ips, expected) => {
  expect(chooseTargets({ interfaces, ...(ips && { ips }) }, 'eth0')).toEqual(expected);
});

test('an interface of the right name on the host is not the container', () => {
  const ips = [{ interface: 0, address: '10.0.0.2/24' }];
  expect(chooseTargets({ interfaces: [{ name: 'eth0', sandbox: '' }], ips }, 'eth0')).toEqual({});
});
