import type { CachedAttachment } from '../../cni/runtime/result-cache';
import { describeAttachments } from './container-attachments';

function cached(networkName: string, result: CachedAttachment['result']): CachedAttachment {
  const keys = { networkName, containerId: 'c1', ifName: 'eth0', netns: '/run/netns/c1' };
  return { ...keys, config: '', cniArgs: [], capabilityArgs: {}, result };
}

const first = {
  cniVersion: '1.1.0',
  interfaces: [{ name: 'cni0' }, { name: 'eth0', sandbox: '/run/netns/c1' }],
  ips: [{ interface: 1, address: '10.0.0.2/24' }],
  routes: [{ dst: '0.0.0.0/0' }],
};

test('one attachment is told as it is', () => {
  const { cniVersion: _version, ...result } = first;
  expect(describeAttachments([cached('n1', first)])).toEqual(result);
});

test('several are told as one: indexes follow their interfaces, older versions are converted', () => {
  const second = {
    cniVersion: '0.4.0',
    interfaces: [{ name: 'eth1', sandbox: '/run/netns/c1' }],
    ips: [
      { version: '4', interface: 0, address: '10.0.1.2/24' },
      { version: '6', address: 'fd00::2/64' },
    ],
  };
  const { interfaces, ips, routes } = describeAttachments([cached('n1', first), cached('n2', second)]);
  expect(interfaces?.map(({ name }) => name)).toEqual(['cni0', 'eth0', 'eth1']);
  expect(ips).toEqual([
    { interface: 1, address: '10.0.0.2/24' },
    { interface: 2, address: '10.0.1.2/24' },
    { address: 'fd00::2/64' },
  ]);
  expect(routes).toEqual([{ dst: '0.0.0.0/0' }]);
});
