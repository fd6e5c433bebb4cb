/** ARP and neighbour discovery entries: `struct ndmsg`, NDA_* (linux/neighbour.h, rtnetlink(7)). */

import { getInt32, getUint16, setUint16, setUint32 } from '../../values/integers';
import { addressText, parseAddress } from '../address/ip-address';
import { macText, parseMac } from '../address/mac-address';
import type { Neighbour } from '../rtnl/model';
import { neighbourOperation } from '../rtnl/operation';
import { AttributeTable, attribute, u32 } from './attribute';
import { type Message, NLM_F_CREATE, NLM_F_EXCL } from './message';
import type { NetlinkSocket } from './socket';

const RTM_NEWNEIGH = 28;
const RTM_DELNEIGH = 29;
const RTM_GETNEIGH = 30;
const NDA_DST = 1;
const NDA_LLADDR = 2;
const NDA_IFINDEX = 8;
const NUD_NOARP = 0x40;
const NUD_PERMANENT = 0x80;
const ndmsgSize = 12;

const states = new Map([
  [0x01, 'INCOMPLETE'],
  [0x02, 'REACHABLE'],
  [0x04, 'STALE'],
  [0x08, 'DELAY'],
  [0x10, 'PROBE'],
  [0x20, 'FAILED'],
  [NUD_PERMANENT, 'PERMANENT'],
]);

function ndmsg({ family = 0, index = 0, state = 0 }): Buffer {
  const bytes = Buffer.alloc(ndmsgSize);
  bytes[0] = family;
  setUint32(bytes, 4, index);
  setUint16(bytes, 8, state);
  return bytes;
}

/** Entries that need no resolution (multicast, loopback) are the kernel's own: iproute2 leaves them out too. */
function isListed({ payload }: Message): boolean {
  const state = getUint16(payload, 8);
  return state !== 0 && state !== NUD_NOARP;
}

function decodeNeighbour({ payload }: Message): Neighbour {
  const table = new AttributeTable(payload.subarray(ndmsgSize));
  const address = table.bytes(NDA_DST);
  return {
    index: getInt32(payload, 4),
    address: address ? addressText(address) : '',
    mac: macText(table.bytes(NDA_LLADDR)),
    state: states.get(getUint16(payload, 8)) ?? '',
  };
}

export function listNeighbours(socket: NetlinkSocket, index?: number): Neighbour[] {
  const body = Buffer.concat([ndmsg({}), ...(index === undefined ? [] : [u32(NDA_IFINDEX, index)])]);
  const messages = socket.dump({ operation: 'list neighbours', type: RTM_GETNEIGH, body });
  const neighbours = messages.filter(isListed).map(decodeNeighbour);
  return index === undefined ? neighbours : neighbours.filter((neighbour) => neighbour.index === index);
}

/** Adds a permanent entry. @throws SyscallError EEXIST, ENODEV, EINVAL */
export function addNeighbour(
  socket: NetlinkSocket,
  neighbour: Pick<Neighbour, 'index' | 'address' | 'mac'>,
): void {
  const { family, bytes } = parseAddress(neighbour.address);
  const fixed = ndmsg({ family, index: neighbour.index, state: NUD_PERMANENT });
  const lladdr = attribute(NDA_LLADDR, parseMac(neighbour.mac));
  socket.request({
    operation: neighbourOperation('add', neighbour),
    type: RTM_NEWNEIGH,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: Buffer.concat([fixed, attribute(NDA_DST, bytes), lladdr]),
  });
}

/** @throws SyscallError ENOENT when there is no such entry, ENODEV */
export function deleteNeighbour(
  socket: NetlinkSocket,
  neighbour: Pick<Neighbour, 'index' | 'address'>,
): void {
  const { family, bytes } = parseAddress(neighbour.address);
  const body = Buffer.concat([ndmsg({ family, index: neighbour.index }), attribute(NDA_DST, bytes)]);
  socket.request({ operation: neighbourOperation('delete', neighbour), type: RTM_DELNEIGH, body });
}
