/** Networks of the Go plugins, executed by `tsnet`. */
import { parseDocument } from './cni-call';
import { configure, host, id, results, succeed, tsnet, writeCache } from './network-command-suite';
import { binFolder } from './private-host';

describe('with the Go plugins', () => {
  const goPlugins = '/usr/lib/cni';
  const env = { CNI_PATH: goPlugins };
  const bridged = {
    cniVersion: '1.0.0',
    name: 'go',
    plugins: [
      {
        type: 'bridge',
        bridge: 'br-go',
        isGateway: true,
        ipam: { type: 'host-local', dataDir: '/run/ipam', subnet: '10.9.0.0/24' },
      },
      { type: 'tuning', capabilities: { mac: true } },
    ],
  };

  test('attaches, checks, notices what is broken, and leaves nothing', () => {
    configure(bridged);
    const capabilities = '{"mac":"02:00:00:00:00:09"}';
    const attached = tsnet(['attach', 'go', 'c1', '--capability-args', capabilities], { env });
    expect(attached).toMatchObject({ code: 0 });
    expect(parseDocument(attached.stdout).ips).toMatchObject([
      { address: '10.9.0.2/24', gateway: '10.9.0.1' },
    ]);
    expect(host.sh('ip -n c1 addr show eth0')).toMatch(/02:00:00:00:00:09[\s\S]*10\.9\.0\.2\/24/);
    expect(tsnet(['check', 'go', 'c1'], { env })).toMatchObject({ code: 0, stdout: '' });

    const cached = parseDocument(host.sh(`cat ${results}/go-${id}-eth0`));
    expect(cached).toMatchObject({
      kind: 'cniCacheV1',
      containerId: id,
      networkName: 'go',
      ifName: 'eth0',
      netns: '/run/netns/c1',
      capabilityArgs: { mac: '02:00:00:00:00:09' },
      result: parseDocument(attached.stdout),
    });
    expect(parseDocument(Buffer.from(cached.config as string, 'base64').toString())).toEqual(bridged);
    expect(host.sh(`stat -c %a ${results} ${results}/*`)).toBe('700\n600\n');
    expect(succeed('network', 'inspect', 'go')).toMatch(
      new RegExp(`${id} +eth0 +10\\.9\\.0\\.2/24 +/run/netns/c1`),
    );

    host.sh('ip -n c1 addr del 10.9.0.2/24 dev eth0');
    expect(tsnet(['check', 'go', 'c1'], { env }).code).toBe(1);
    expect(tsnet(['detach', 'go', 'c1'], { env })).toMatchObject({ code: 0, stdout: '' });
    expect(tsnet(['detach', 'go', 'c1'], { env })).toMatchObject({ code: 0, stdout: '' });
    expect(host.sh('ip -n c1 -br link')).not.toContain('eth0');
    expect(host.sh('ls /run/ipam/go')).not.toContain('10.9.0.2');
  });

  test('inspects attachments that another runtime cached', () => {
    configure(bridged);
    const config = Buffer.from(JSON.stringify(bridged)).toString('base64');
    const result = { cniVersion: '0.2.0', ip4: { ip: '10.9.0.7/24' } };
    const foreign = {
      kind: 'cniCacheV1',
      containerId: 'pod',
      config,
      ifName: 'eth0',
      networkName: 'go',
      cniArgs: null,
      result,
    };
    writeCache('go-pod-eth0', JSON.stringify(foreign));
    const inspected = parseDocument(succeed('network', 'inspect', 'go', '--json'));
    expect(inspected.attachments).toMatchObject([{ containerId: 'pod', addresses: ['10.9.0.7/24'], result }]);
  });

  test('and with our own, mixed in one list', () => {
    const path = { CNI_PATH: `${binFolder}:${goPlugins}` };
    configure({ cniVersion: '1.0.0', name: 'mixed', plugins: [{ type: 'loopback' }, { type: 'tuning' }] });
    const args = ['mixed', 'c1', '--ifname', 'lo'];
    expect(tsnet(['attach', ...args], { env: path })).toMatchObject({ code: 0 });
    expect(tsnet(['check', ...args], { env: path })).toMatchObject({ code: 0 });
    expect(tsnet(['detach', ...args], { env: path })).toMatchObject({ code: 0 });
  });
});
