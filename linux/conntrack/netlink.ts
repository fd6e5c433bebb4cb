/** Stale UDP flows by ctnetlink: the normal way. */
import { parseAddress } from '../address/ip-address';
import { hasCode } from '../errors';
import { findSysctl } from '../sysctl/sysctl';
import { answeredBy, Flow, IPCTNL_MSG_CT_DELETE, IPCTNL_MSG_CT_GET, ofUdp, toPort } from './message';
import { countPorts, listPorts, type UdpFlows } from './model';
import { PatientSocket } from './socket';

/** Flows; more make a large table. */
const largeTable = 20_000;
const operation = 'flush stale UDP flows';

/**
 * How many deletions by filter are cheaper than one list. Each walks the table once, 0.3 ms when there is little in it and
 * 80 ms when it is full; to list the UDP flows of a large one takes as long, of a small one 13 ms.
 */
function worthFiltering(): number {
  const count = findSysctl(['net', 'netfilter', 'nf_conntrack_count']);
  return Number(count ?? 0) < largeTable ? 16 : 2;
}

function addressOf({ containerAddress }: UdpFlows): Buffer | undefined {
  return containerAddress === undefined ? undefined : parseAddress(containerAddress).bytes;
}

/** Deletions by filter. Pure. */
function planDeletions(flows: UdpFlows): Buffer[] {
  const address = addressOf(flows);
  return [
    ...(address ? [answeredBy(address)] : []),
    ...listPorts(flows).map((port) => toPort(flows.family, port)),
  ];
}

/** Whether an entry of the table is one of `flows`. */
function matcher(flows: UdpFlows): (flow: Flow) => boolean {
  const ports = new Set(listPorts(flows));
  const address = addressOf(flows);
  return (flow) =>
    flow.isUdp &&
    (ports.has(flow.port ?? -1) || (address !== undefined && flow.isAnsweredBy(flows.family, address)));
}

/** Kernels before 6.11 delete one flow by its full name or all of them; they refuse, as EINVAL, a name with parts left out. */
async function deleteByFilter(socket: PatientSocket, flows: UdpFlows): Promise<boolean> {
  const requests = planDeletions(flows).map((body) => ({ operation, type: IPCTNL_MSG_CT_DELETE, body }));
  const [failure] = await socket.requestAll(requests);
  if (failure && !hasCode(failure, 'EINVAL', 'EOPNOTSUPP')) throw failure;
  return failure === undefined;
}

/** A flow may end by itself meanwhile, or be in the hands of a network card, which keeps it. */
async function deleteByListing(socket: PatientSocket, flows: UdpFlows): Promise<void> {
  const isStale = matcher(flows);
  const stale: Buffer[] = [];
  const request = { operation, type: IPCTNL_MSG_CT_GET, body: ofUdp(flows.family) };
  for await (const messages of socket.dump(request))
    for (const { payload } of messages) {
      const flow = new Flow(payload);
      if (isStale(flow)) stale.push(flow.identity());
    }
  const failures = await socket.requestAll(
    stale.map((body) => ({ operation, type: IPCTNL_MSG_CT_DELETE, body })),
  );
  const failure = failures.find((error) => !hasCode(error, 'ENOENT', 'EBUSY'));
  if (failure) throw failure;
}

/**
 * @param maxDeletions by filter, as many as are worth it
 * @throws SyscallError EPROTONOSUPPORT, EOPNOTSUPP, EINVAL when this kernel has no ctnetlink
 */
export async function flushByNetlink(flows: UdpFlows, maxDeletions = worthFiltering()): Promise<void> {
  using socket = PatientSocket.open();
  const isFilterable = flows.family === 'ipv4' || flows.containerAddress === undefined;
  if (isFilterable && countPorts(flows) <= maxDeletions && (await deleteByFilter(socket, flows))) return;
  await deleteByListing(socket, flows);
}
