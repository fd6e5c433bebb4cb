/** All that makes a link a working interface, in one datagram. */
import type { LinkConfiguration } from '../rtnl/model';
import { newAddressRequest } from './address';
import { changeRequest } from './link-change';
import { newRouteRequest } from './route';
import type { NetlinkSocket } from './socket';

/**
 * Addresses come before the link is up, so that its first announcements have them, routes after, because they need it up.
 * The kernel goes on after a request that failed: the others then touch nothing but this link.
 */
export function configureLink(
  socket: NetlinkSocket,
  index: number,
  { addresses, routes }: LinkConfiguration,
): void {
  const replies = socket.exchange([
    ...addresses.map((address) => newAddressRequest({ ...address, index })),
    changeRequest(index, { up: true }),
    ...routes.map((route) => newRouteRequest({ ...route, index })),
  ]);
  const failed = replies.find(({ error }) => error);
  if (failed?.error) throw failed.error;
}
