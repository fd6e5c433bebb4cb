/** Alternative names of links: RTM_NEWLINKPROP, RTM_DELLINKPROP (linux/rtnetlink.h; kernel 5.5 on). */
import { requireAltName } from '../address/link-name';
import { nested, text } from './attribute';
import { IFLA_ALT_IFNAME, IFLA_PROP_LIST, ifinfo, RTM_DELLINKPROP, RTM_NEWLINKPROP } from './link-message';
import { NLM_F_CREATE, NLM_F_EXCL } from './message';
import type { NetlinkSocket } from './socket';

function encode(index: number, altName: string): Buffer {
  return Buffer.concat([ifinfo({ index }), nested(IFLA_PROP_LIST, [text(IFLA_ALT_IFNAME, altName)])]);
}

/** @throws SyscallError EEXIST when a link of the namespace has the name already, ENODEV */
export function addAltName(socket: NetlinkSocket, index: number, altName: string): void {
  requireAltName('add alternative name', altName);
  const operation = `add alternative name "${altName}" to link ${index}`;
  const flags = NLM_F_CREATE | NLM_F_EXCL;
  socket.request({ operation, type: RTM_NEWLINKPROP, flags, body: encode(index, altName) });
}

/** @throws SyscallError ENOENT when the link has no such name, ENODEV */
export function deleteAltName(socket: NetlinkSocket, index: number, altName: string): void {
  requireAltName('delete alternative name', altName);
  const operation = `delete alternative name "${altName}" from link ${index}`;
  socket.request({ operation, type: RTM_DELLINKPROP, body: encode(index, altName) });
}
