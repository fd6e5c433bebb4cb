import { CniError, ErrorCode } from '../cni/errors';
import { definePlugin } from '../cni/plugin';
import { bridgeConf } from '../conf/bridge';
import { openRtnl } from '../linux/rtnl/open';
import * as addressing from './parts/addressing';
import * as gatewayDevice from './parts/bridge/gateway-device';
import * as hostBridge from './parts/bridge/host-bridge';
import * as macSpoofing from './parts/bridge/mac-spoofing';
import * as bridgeNetwork from './parts/bridge/network';
import * as bridgePort from './parts/bridge/port';
import { removeForeign, removePort, removeStalePorts } from './parts/bridge/port-removal';
import * as bridgeResult from './parts/bridge/result';
import { refuseRouterAdvertisements } from './parts/bridge/router-advertisements';
import { addressingOptions, hostBridgeSpec, portSpec } from './parts/bridge/spec';
import { openSandbox } from './parts/sandbox';
import { runAll } from './parts/steps';

/**
 * A container on a Linux bridge: `ifName` is one end of a veth pair, the other is a port of the bridge. Optionally the
 * bridge is the container's gateway and its traffic is masqueraded. Keys: conf/bridge.ts.
 */
export default definePlugin({
  type: 'bridge',
  about: 'connects a container to a Linux bridge on the host',
  conf: bridgeConf,
  // IP and GATEWAY are for the IPAM plugin
  cniArgs: ['MAC', 'IP', 'GATEWAY'],

  async add({ conf, args, ipam, rollback, network }) {
    const key = { network, containerId: args.containerId, ifName: args.ifName };
    const spec = portSpec(conf, args);
    using netns = openSandbox(args.netns);
    using host = openRtnl();
    using container = openRtnl({ netns });
    bridgePort.requireFree(container, key);

    const lease = await ipam.add();
    rollback.defer(() => ipam.del());
    const plan = addressing.plan(lease, addressingOptions(conf));

    const bridge = hostBridge.ensure(host, hostBridgeSpec(conf));
    rollback.defer(() => bridgeNetwork.release({ network, conf }));
    const port = bridgePort.create(host, { ...spec, attachment: key, netns, master: bridge.index });
    rollback.defer(() => removePort(key));
    refuseRouterAdvertisements(port.name);
    const gateway = gatewayDevice.ensure(host, { conf, bridge, port, plan });
    if (!conf.disableContainerInterface) {
      const inside = { netns, rtnl: container, ifName: args.ifName, index: port.link };
      await addressing.ensure(inside, plan, conf.enabledad);
    }

    await bridgeNetwork.ensureRules({ network, conf }, plan.ips);
    const end = { index: port.link, name: args.ifName };
    const inside = conf.disableContainerInterface
      ? container.getLink(args.ifName)
      : (await bridgePort.awaitUp([host, port], [container, end])).at(-1)!;
    if (conf.macspoofchk) await macSpoofing.ensure({ conf, key, port, mac: inside.mac, rollback });
    const links = { bridge: hostBridge.look(host, bridge, port), port, inside, gateway };
    return bridgeResult.make(links, plan, { sandbox: args.netns, dns: conf.dns, lease });
  },

  async del({ conf, args, ipam, prevResult, network }) {
    const key = { network, containerId: args.containerId, ifName: args.ifName };
    await runAll([
      () => removePort(key),
      () => removeForeign(args, prevResult),
      () => ipam.del(),
      () => macSpoofing.remove(conf, key),
      () => bridgeNetwork.release({ network, conf }),
    ]);
  },

  async check({ conf, args, ipam, prevResult, network }) {
    await ipam.check();
    const key = { network, containerId: args.containerId, ifName: args.ifName };
    const listed = bridgeResult.read(prevResult, args, conf.bridge);
    const plan = addressing.plan(listed.lease);
    using netns = openSandbox(args.netns);
    using host = openRtnl();
    using container = openRtnl({ netns });

    const bridge = hostBridge.verify(host, hostBridgeSpec(conf), listed.bridgeMac);
    const spec = { ...portSpec(conf, args), mac: listed.inside.mac, attachment: key, master: bridge.index };
    const port = bridgePort.verify(host, container, spec);
    gatewayDevice.verify(host, { conf, bridge, port, plan });
    if (conf.disableContainerInterface) return;
    addressing.verify({ rtnl: container, ifName: args.ifName }, plan);
    await bridgeNetwork.verifyRules({ network, conf }, plan.ips);
    if (conf.macspoofchk)
      await macSpoofing.verify({ conf, key, port, mac: container.getLink(args.ifName).mac });
  },

  async gc({ conf, ipam, network, valid }) {
    await runAll([
      () => removeStalePorts(network, valid),
      () => macSpoofing.removeStale(conf, network, valid),
      () => bridgeNetwork.release({ network, conf }),
      () => ipam.gc(),
    ]);
  },

  async status({ conf, ipam }) {
    using host = openRtnl();
    const link = host.findLink(conf.bridge);
    if (link && link.kind !== 'bridge')
      throw new CniError(ErrorCode.notReady, `"${conf.bridge}" is not a bridge`);
    await bridgeNetwork.requireReady(conf);
    await ipam.status();
  },
});
