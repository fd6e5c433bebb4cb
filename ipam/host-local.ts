/**
 * The `host-local` IPAM plugin: addresses from configured ranges, unique on this host. Its store is the reference
 * plugin's, so that both can serve one network.
 */
import { readFileSync } from 'node:fs';
import { CniError, ErrorCode, toCniError } from '../cni/errors';
import { type Attachment, definePlugin } from '../cni/plugin';
import type { Dns, IpConfig } from '../cni/result';
import { type HostLocalConf, hostLocalConf } from '../conf/host-local';
import { planAllocation } from './parts/allocation';
import { findFreeAddress } from './parts/free-address';
import { type Ip, ipText, parseCidr, parseIp } from './parts/ip';
import { getIpamSection, verifyFamilies } from './parts/ipam-section';
import {
  type Candidate,
  candidateText,
  canonicalRangeSets,
  findRange,
  type RangeSet,
  rangeSetText,
} from './parts/range-set';
import { listRequestedAddresses } from './parts/requested-addresses';
import { parseResolvConf } from './parts/resolv-conf';
import { canonicalRoutes } from './parts/routes';
import { doing } from './parts/store/io-failure';
import { ReservationStore, type StoreLocation } from './parts/store/reservation-store';
import { verifyWritable } from './parts/store/writable';

interface Call {
  conf: HostLocalConf;
  network: string;
  cniVersion: string;
}

interface AttachmentCall extends Call {
  args: Attachment;
}

function location({ conf, network }: Call): StoreLocation {
  return { dataDir: getIpamSection(conf).dataDir, network };
}

/** What the runtime gives comes first, then the range in the old place, then `ranges`. */
function getRangeSets({ conf, cniVersion }: Call): RangeSet[] {
  const ipam = getIpamSection(conf);
  const sets = canonicalRangeSets([
    ...(conf.runtimeConfig?.ipRanges ?? []),
    ...(ipam.subnet === undefined ? [] : [[ipam]]),
    ...ipam.ranges,
  ]);
  verifyFamilies(
    sets.map(({ family }) => family),
    cniVersion,
  );
  return sets;
}

function readDns(path: string): Dns {
  return parseResolvConf(doing(`read ${JSON.stringify(path)}`, () => readFileSync(path, 'utf8')));
}

function toIpConfig(candidate: Candidate): IpConfig {
  return { address: candidateText(candidate), gateway: ipText(candidate.range.gateway) };
}

/** The store as the search for addresses sees it. */
function occupancy(store: ReservationStore) {
  return {
    isReserved: (address: string) => store.isReserved(address),
    findUntaken: (...span: [Ip['family'], bigint, bigint]) => store.findUntaken(...span),
    lastReserved: (setIndex: number): Ip | undefined =>
      parseIp((store.findLastReserved(setIndex) ?? '').trim()),
  };
}

/** @throws CniError 50 when a set has no free address left */
async function verifyFreeAddresses(call: Call): Promise<void> {
  const sets = getRangeSets(call);
  using store = await ReservationStore.find(location(call));
  if (!store) return;
  const pool = occupancy(store);
  for (const [index, set] of sets.entries())
    if (!findFreeAddress(set, pool.lastReserved(index), pool))
      throw new CniError(
        ErrorCode.notReady,
        `failed to allocate for range ${index}: no IP addresses available in range set: ${rangeSetText(set)}`,
      );
}

async function release(call: AttachmentCall): Promise<void> {
  using store = await ReservationStore.find(location(call));
  store?.release(call.args);
}

export default definePlugin({
  type: 'host-local',
  about: 'allocates addresses from ranges, unique on this host',
  conf: hostLocalConf,
  // MAC belongs to the plugin that delegates, which hands on the environment as it is
  cniArgs: ['IP', 'MAC'],
  checksWithoutPrevResult: true,
  async add(call) {
    const { args, conf, rollback } = call;
    const ipam = getIpamSection(conf);
    const sets = getRangeSets(call);
    const lists = [conf.args?.cni?.ips, conf.runtimeConfig?.ips];
    const requested = listRequestedAddresses({ cniArgs: args.cniArgs, lists });
    const dns = ipam.resolvConf ? readDns(ipam.resolvConf) : undefined;
    using store = await ReservationStore.open(location(call));
    const owned = store.findAddresses(args).map((address) => parseIp(address)!);
    const plan = planAllocation(sets, requested, {
      ...occupancy(store),
      owned,
      containerId: args.containerId,
    });
    const addresses = plan.map(({ ip }) => ipText(ip));
    store.reserve(args, addresses);
    rollback.defer(() => release(call));
    return { ips: plan.map(toIpConfig), routes: canonicalRoutes(ipam.routes), ...(dns && { dns }) };
  },
  del: release,
  async check(call) {
    const sets = getRangeSets(call);
    using store = await ReservationStore.find(location(call));
    const reserved = store?.findAddresses(call.args) ?? [];
    if (reserved.length === 0)
      throw new CniError(
        ErrorCode.internal,
        `host-local: Failed to find address added by container ${call.args.containerId}`,
      );
    for (const { address } of call.prevResult.ips ?? []) {
      const ip = parseCidr(address)?.ip;
      if (!ip || !sets.some((set) => findRange(set, ip)) || reserved.includes(ipText(ip))) continue;
      throw new CniError(
        ErrorCode.internal,
        `host-local: Failed to find address added by container ${call.args.containerId}: ${ipText(ip)} is not reserved for it`,
      );
    }
  },
  async gc(call) {
    using store = await ReservationStore.find(location(call));
    await store?.retain(call.valid);
  },
  async status(call) {
    try {
      verifyWritable(location(call));
      await verifyFreeAddresses(call);
    } catch (error) {
      const { code, message, details } = toCniError(error);
      throw new CniError(code === ErrorCode.ioFailure ? ErrorCode.notReady : code, message, details);
    }
  },
});
