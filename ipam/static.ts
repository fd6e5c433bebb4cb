/** The `static` IPAM plugin: the addresses that the configuration or the runtime names. It keeps no state. */
import { CniError, ErrorCode } from '../cni/errors';
import { definePlugin } from '../cni/plugin';
import { type StaticConf, staticConf } from '../conf/static';
import { type Ip, ipText, parseCidr, parseIp } from './parts/ip';
import { getIpamSection, verifyFamilies } from './parts/ipam-section';
import { canonicalRoutes } from './parts/routes';
import { listStaticAddresses, type StaticAddress, toIpConfig } from './parts/static-addresses';

interface StaticCall {
  conf: StaticConf;
  cniVersion: string;
  args: { cniArgs: ReadonlyMap<string, string> };
}

function getAddresses({ conf, cniVersion, args }: StaticCall): StaticAddress[] {
  const addresses = listStaticAddresses({
    addresses: getIpamSection(conf).addresses,
    replacements: [conf.runtimeConfig?.ips, conf.args?.cni?.ips],
    cniArgs: args.cniArgs,
  });
  verifyFamilies(
    addresses.map(({ cidr }) => cidr.ip.family),
    cniVersion,
  );
  return addresses;
}

const sameIp = (one: Ip, other: Ip | undefined) => other !== undefined && ipText(one) === ipText(other);

export default definePlugin({
  type: 'static',
  about: 'gives the addresses that the configuration names',
  conf: staticConf,
  // MAC belongs to the plugin that delegates, which hands on the environment as it is
  cniArgs: ['IP', 'GATEWAY', 'MAC'],
  add(call) {
    const ipam = getIpamSection(call.conf);
    return {
      ips: getAddresses(call).map(toIpConfig),
      routes: canonicalRoutes(ipam.routes),
      ...(ipam.dns && { dns: ipam.dns }),
    };
  },
  del() {},
  check(call) {
    const found = call.prevResult.ips ?? [];
    for (const { cidr, gateway } of getAddresses(call)) {
      const matches = found.some(
        (entry) =>
          sameIp(cidr.ip, parseCidr(entry.address)?.ip) &&
          (gateway === undefined || sameIp(gateway, parseIp(entry.gateway ?? ''))),
      );
      if (!matches)
        throw new CniError(
          ErrorCode.internal,
          `static: Failed to match addr ${ipText(cidr.ip)} on interface ${call.args.ifName}`,
        );
    }
  },
  gc() {},
  status({ conf }) {
    listStaticAddresses({ addresses: getIpamSection(conf).addresses, cniArgs: new Map() });
  },
});
