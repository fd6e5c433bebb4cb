import type { PortMapping } from '../../../conf/port-mapping';
import { planAllFlows } from './flows';

const udp: PortMapping = { hostPort: 53, containerPort: 5353, protocol: 'udp', hostIP: '', range: 1 };
const both = { ipv4: '10.0.0.2/24', ipv6: 'fd00::2/64' };
const hostPorts = [{ first: 53, last: 53 }];

test.each<[string, PortMapping[], object | undefined, object[]]>([
  ['no UDP', [{ ...udp, protocol: 'tcp' }], both, []],
  [
    'the host side of a port, which is what clients send to',
    [udp],
    both,
    [
      { family: 'ipv4', hostPorts, containerAddress: '10.0.0.2' },
      { family: 'ipv6', hostPorts, containerAddress: 'fd00::2' },
    ],
  ],
  [
    'the family of the host address',
    [{ ...udp, hostIP: '::' }],
    both,
    [{ family: 'ipv6', hostPorts, containerAddress: 'fd00::2' }],
  ],
  [
    'the families of the container',
    [udp],
    { ipv4: both.ipv4 },
    [{ family: 'ipv4', hostPorts, containerAddress: '10.0.0.2' }],
  ],
  [
    'every family when nobody remembers',
    [udp],
    undefined,
    [
      { family: 'ipv4', hostPorts },
      { family: 'ipv6', hostPorts },
    ],
  ],
  [
    'a range',
    [{ ...udp, range: 9 }],
    { ipv6: both.ipv6 },
    [{ family: 'ipv6', hostPorts: [{ first: 53, last: 61 }], containerAddress: 'fd00::2' }],
  ],
])('%s', (_case, mappings, targets, expected) => {
  expect(planAllFlows(mappings, targets)).toEqual(expected);
});
