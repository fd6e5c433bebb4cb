import { getValidAttachments } from './attachments';

const wire = [{ containerID: 'c1', ifname: 'eth0' }];
const parsed = [{ containerId: 'c1', ifName: 'eth0' }];

test.each([
  [{ 'cni.dev/valid-attachments': wire }, parsed],
  [{ 'cni.dev/attachments': wire }, parsed],
  [{ 'cni.dev/attachments': [], 'cni.dev/valid-attachments': wire }, parsed],
  [{ 'cni.dev/valid-attachments': [{ ContainerID: 'c1', IfName: 'eth0' }] }, parsed],
  [{ 'cni.dev/valid-attachments': [] }, []],
  [{ 'cni.dev/valid-attachments': null }, []],
])('%j', (config, attachments) => {
  expect(getValidAttachments(config)).toEqual(attachments);
});

test.each([
  {},
  { 'cni.dev/valid-attachments': 'x' },
  { 'cni.dev/valid-attachments': {} },
  { 'cni.dev/valid-attachments': [{}] },
  { 'cni.dev/valid-attachments': [{ containerID: 'c1' }] },
  { 'cni.dev/valid-attachments': [{ containerID: 5, ifname: 'eth0' }] },
])('%j is refused', (config) => {
  expect(() => getValidAttachments(config)).toThrow(expect.objectContaining({ code: 7 }));
});
