import { definePlugin } from '../cni/plugin';
import { portmapConf, requiredBackend } from '../conf/portmap';
import { openFirewall, removeEverywhere } from '../linux/firewall/detect';
import * as flows from './parts/portmap/flows';
import { requireNoListener } from './parts/portmap/listeners';
import * as localnet from './parts/portmap/localnet';
import {
  listMappings,
  ownerOf,
  planForwards,
  planRuleSets,
  requireTargets,
  servesLocalhost,
} from './parts/portmap/plan';
import * as publication from './parts/portmap/publication';
import { chooseTargets } from './parts/portmap/targets';

/**
 * Publishes ports of a container on the host: connections to `hostPort` reach `containerPort`, from outside, from the
 * host itself (127.0.0.1 too) and from other containers. Works behind any plugin whose result has the container's
 * addresses; hands that result on unchanged. Keys: conf/portmap.ts.
 */
export default definePlugin({
  type: 'portmap',
  about: 'publishes ports of a container on the host',
  conf: portmapConf,
  chained: 'must be called as chained plugin',

  async add({ conf, args, network, prevResult, rollback }) {
    if (listMappings(conf).length === 0) return prevResult!;
    const targets = chooseTargets(prevResult!, args.ifName);
    requireTargets(conf, targets);
    const forwards = planForwards(conf, targets);
    requireNoListener(forwards);
    const firewall = await openFirewall(requiredBackend(conf));
    const owner = ownerOf(network, args);
    rollback.defer(() => firewall.remove([{ role: 'portmap', owner }]));
    await publication.ensure(firewall, planRuleSets(conf, owner, forwards));
    if (servesLocalhost(forwards)) localnet.ensure(targets);
    await flows.flush(listMappings(conf), targets);
    return prevResult!;
  },

  /** Whatever the mappings are by now, and under whichever backend they were published. */
  async del({ conf, args, network, prevResult }) {
    await removeEverywhere([{ role: 'portmap', owner: ownerOf(network, args) }]);
    await flows.flush(listMappings(conf), prevResult && chooseTargets(prevResult, args.ifName));
  },

  async check({ conf, args, network, prevResult }) {
    if (listMappings(conf).length === 0) return;
    const targets = chooseTargets(prevResult, args.ifName);
    const firewall = await openFirewall(requiredBackend(conf));
    const forwards = planForwards(conf, targets);
    await firewall.verify(planRuleSets(conf, ownerOf(network, args), forwards).at(-1)!);
    if (servesLocalhost(forwards)) localnet.verify(targets);
  },

  async gc({ network, valid }) {
    await publication.removeStale(network, valid);
  },

  async status({ conf }) {
    await publication.requireReady(requiredBackend(conf));
  },
});
