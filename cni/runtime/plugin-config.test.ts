import { parseConflist } from './conflist';
import { derivePluginConfig, type RequestContext } from './plugin-config';

const list = parseConflist(
  JSON.stringify({
    cniVersion: '0.4.0',
    cniVersions: ['1.0.0'],
    name: 'n',
    plugins: [
      {
        type: 'a',
        name: 'own',
        cniVersion: '0.1.0',
        capabilities: { mac: true, ips: false },
        key: { deep: [1, null] },
      },
    ],
  }),
);

function derive(context: RequestContext) {
  return derivePluginConfig(list, list.plugins[0]!, context);
}

test('name and version are the list’s; other keys are the plugin’s; capabilities stay with the runtime', () => {
  expect(derive({})).toEqual({ type: 'a', name: 'n', cniVersion: '1.0.0', key: { deep: [1, null] } });
});

test('runtimeConfig holds what is both offered and declared', () => {
  const capabilityArgs = { mac: '02:00:00:00:00:01', ips: ['10.0.0.1'], toString: 1 };
  expect(derive({ capabilityArgs })).toMatchObject({ runtimeConfig: { mac: '02:00:00:00:00:01' } });
  expect(derive({ capabilityArgs })).not.toHaveProperty('runtimeConfig.ips');
  expect(derive({ capabilityArgs: { ips: [] } })).not.toHaveProperty('runtimeConfig');
});

test('prevResult goes in as it is', () => {
  const prevResult = { cniVersion: '1.0.0', ips: [], foreign: 1 };
  expect(derive({ prevResult })).toMatchObject({ prevResult });
});

test('GC names the valid attachments under both keys, none being an empty list', () => {
  const config = derive({ validAttachments: [{ containerId: 'c', ifName: 'eth0' }] });
  const expected = [{ containerID: 'c', ifname: 'eth0' }];
  expect(config['cni.dev/valid-attachments']).toEqual(expected);
  expect(config['cni.dev/attachments']).toEqual(expected);
  expect(derive({ validAttachments: [] })['cni.dev/valid-attachments']).toEqual([]);
  expect(derive({})).not.toHaveProperty(['cni.dev/valid-attachments']);
});
