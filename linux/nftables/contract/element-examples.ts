/** Sets and maps of every kind with elements, for tests that make each in both ways. */
import type { Element, SetSpec } from '../model';

export interface SetExample {
  set: SetSpec;
  elements: Element[];
  /** Keys and the element that each falls on. */
  found: [key: string[], element: number | undefined][];
}

export const setExamples: SetExample[] = [
  {
    set: { name: 'ports', key: ['inet_proto', 'inet_service'], value: ['ipv4_addr', 'inet_service'] },
    elements: [
      { key: ['tcp', '80'], value: ['10.0.0.2', '8080'], comment: "of 'somebody' else" },
      { key: ['udp', '80'], value: ['10.0.0.3', '80'] },
      { key: ['sctp', '65535'], value: ['10.0.0.4', '1'] },
    ],
    found: [
      [['tcp', '80'], 0],
      [['udp', '80'], 1],
      [['sctp', '80'], undefined],
    ],
  },
  {
    set: { name: 'ports6', key: ['inet_proto', 'inet_service'], value: ['ipv6_addr', 'inet_service'] },
    elements: [{ key: ['tcp', '80'], value: ['fd00::2', '8080'], comment: 'c' }],
    found: [[['tcp', '80'], 0]],
  },
  {
    set: { name: 'ranges', key: ['inet_proto', 'inet_service'], value: ['ipv4_addr'], interval: true },
    elements: [
      { key: ['tcp', '80-90'], value: ['10.0.0.2'], comment: 'range' },
      { key: ['tcp', '100'], value: ['10.0.0.3'] },
      { key: ['udp', '64-127'], value: ['10.0.0.4'] },
    ],
    found: [
      [['tcp', '80-90'], 0],
      [['tcp', '85'], 0],
      [['tcp', '85-95'], 0],
      [['tcp', '70-85'], 0],
      [['tcp', '70-95'], 0],
      [['udp', '80'], 2],
      [['tcp', '91-99'], undefined],
      [['sctp', '80'], undefined],
    ],
  },
  {
    set: {
      name: 'ranges6',
      key: ['ipv6_addr', 'inet_proto', 'inet_service'],
      value: ['ipv6_addr'],
      interval: true,
    },
    elements: [{ key: ['fd00::1', 'tcp', '80-90'], value: ['fd01::2'], comment: 'range' }],
    found: [
      [['fd00::1', 'tcp', '90'], 0],
      [['fd00::2', 'tcp', '90'], undefined],
    ],
  },
  {
    set: { name: 'pairs', key: ['ipv4_addr', 'ipv4_addr'], interval: true },
    elements: [
      { key: ['10.0.0.2', '10.0.0.0/24'], comment: 'pair' },
      { key: ['10.0.0.2', '127.0.0.0/8'] },
      { key: ['10.0.0.3', '0.0.0.0/0'] },
      { key: ['10.0.0.4', '10.0.0.1-10.0.0.6'] },
    ],
    found: [
      [['10.0.0.2', '10.0.0.0/24'], 0],
      [['10.0.0.2', '10.0.0.9'], 0],
      [['10.0.0.2', '10.0.0.0/16'], 0],
      [['10.0.0.3', '1.2.3.4'], 2],
      [['10.0.0.9', '1.2.3.4'], undefined],
    ],
  },
  {
    set: { name: 'pairs6', key: ['ipv6_addr', 'ipv6_addr'], interval: true },
    elements: [{ key: ['fd00::2', 'fd00::/64'] }, { key: ['fd00::3', '::/0'], comment: 'all' }],
    found: [[['fd00::2', 'fd00::7'], 0]],
  },
  {
    set: { name: 'names', key: ['ifname'] },
    elements: [{ key: ['eth0'], comment: 'card' }, { key: ['fifteen-bytes-x'] }],
    found: [
      [['eth0'], 0],
      [['eth'], undefined],
    ],
  },
  {
    set: { name: 'guests', key: ['ifname', 'ether_addr'] },
    elements: [{ key: ['veth1', '02:00:00:00:00:01'] }, { key: ['veth1', '02:00:00:00:00:02'] }],
    found: [[['veth1', '02:00:00:00:00:02'], 1]],
  },
  {
    set: { name: 'nets', key: ['ipv4_addr'], interval: true },
    elements: [
      { key: ['10.0.0.0/24'], comment: 'first' },
      { key: ['10.0.1.0/24'] },
      { key: ['10.0.5.1'], comment: 'one' },
      { key: ['10.1.0.0-10.1.0.9'] },
      { key: ['255.0.0.0/8'] },
    ],
    found: [
      [['10.0.0.77'], 0],
      [['10.0.1.0/25'], 1],
      [['10.0.5.0/24'], 2],
      [['10.0.4.0/24'], undefined],
      [['255.255.255.255'], 4],
    ],
  },
  {
    set: { name: 'services', key: ['inet_service'], value: ['ipv4_addr'], interval: true },
    elements: [
      { key: ['80-90'], value: ['10.0.0.1'] },
      { key: ['91'], value: ['10.0.0.2'], comment: 'beside' },
      { key: ['65000-65535'], value: ['10.0.0.3'] },
    ],
    found: [
      [['91'], 1],
      [['70-95'], 0],
      [['65535'], 2],
    ],
  },
];
