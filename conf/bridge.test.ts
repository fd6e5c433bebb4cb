import * as v from 'valibot';
import { bridgeConf } from './bridge';

const base = { cniVersion: '1.0.0', name: 'net', type: 'bridge' };

function messages(conf: object): string[] {
  const parsed = v.safeParse(bridgeConf, { ...base, ...conf });
  return parsed.success ? [] : parsed.issues.map((issue) => issue.message);
}

describe('bridge configuration', () => {
  it('has the reference plugin’s defaults', () => {
    expect(v.parse(bridgeConf, base)).toMatchObject({
      bridge: 'cni0',
      isGateway: false,
      isDefaultGateway: false,
      forceAddress: false,
      ipMasq: false,
      mtu: 0,
      hairpinMode: false,
      promiscMode: false,
      vlan: 0,
      vlanTrunk: [],
      preserveDefaultVlan: false,
      macspoofchk: false,
      enabledad: false,
      disableContainerInterface: false,
      portIsolation: false,
      icc: true,
      internal: false,
    });
  });

  it('keeps keys that it does not know', () => {
    expect(v.parse(bridgeConf, { ...base, foreign: { a: 1 } })).toMatchObject({ foreign: { a: 1 } });
  });

  test.each([
    [
      { hairpinMode: true, promiscMode: true },
      'cannot set hairpin mode and promiscuous mode at the same time',
    ],
    [
      { disableContainerInterface: true, ipam: { type: 'static' } },
      'cannot use IPAM when DisableContainerInterface flag is set',
    ],
    [{ vlan: 5000 }, 'invalid VLAN ID 5000 (must be between 0 and 4094)'],
    [{ vlan: -1 }, 'invalid VLAN ID -1 (must be between 0 and 4094)'],
    [{ vlanTrunk: [{}] }, 'incorrect trunk id parameter'],
    [{ vlanTrunk: [{ id: 4095 }] }, 'incorrect trunk id parameter'],
    [{ vlanTrunk: [{ minID: -1, maxID: 5 }] }, 'incorrect trunk minID parameter'],
    [{ vlanTrunk: [{ minID: 1, maxID: 4095 }] }, 'incorrect trunk maxID parameter'],
    [{ vlanTrunk: [{ minID: 3 }] }, 'maxID is missing'],
    [{ vlanTrunk: [{ maxID: 3 }] }, 'minID is missing'],
    [{ vlanTrunk: [{ minID: 5, maxID: 3 }] }, 'minID is greater than maxID in trunk parameter'],
    [{ bridge: 'a/b' }, 'invalid interface name "a/b"'],
    [{ bridge: '..' }, 'invalid interface name'],
    [{ bridge: 'éééééééé' }, '1 to 15 bytes'],
    [{ bridge: 'a\nb' }, 'invalid interface name'],
    [{ bridge: 'br%d' }, 'invalid interface name "br%d"'],
    [{ bridge: 'é', ipMasq: true }, 'firewall rules need letters'],
    [{ bridge: 'br+', icc: false }, 'firewall rules need letters'],
    [{ runtimeConfig: { mac: 'zz' } }, 'failed to make veth pair: address zz: invalid MAC address'],
    [{ runtimeConfig: { mac: '01:00:5e:00:00:01' } }, 'unicast'],
    [{ args: { cni: { mac: '00:00:00:00:00:00' } } }, 'not all zeros'],
    [{ ipMasqBackend: 'foo' }, 'unknown ipmasq backend "foo"'],
    [{ mtu: 70000 }, '70000'],
    [{ isGateway: 'yes' }, 'yes'],
  ])('refuses %j: %s', (conf, message) => {
    expect(messages(conf).join('\n')).toContain(message);
  });

  it('lowers a MAC address', () => {
    expect(
      v.parse(bridgeConf, { ...base, runtimeConfig: { mac: '02-AB-CD-00-00-01' } }).runtimeConfig?.mac,
    ).toBe('02:ab:cd:00:00:01');
  });
});
