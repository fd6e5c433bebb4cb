/** How a request says which link it is about. */
import { maxLinkNameLength } from '../address/link-name';
import { text } from './attribute';
import { IFLA_ALT_IFNAME, IFLA_IFNAME, ifinfo } from './link-message';

/** The attribute that names a link by its name or by one of its alternative names, which may be longer. */
export function nameSelector(name: string): Buffer {
  const type = Buffer.byteLength(name) <= maxLinkNameLength ? IFLA_IFNAME : IFLA_ALT_IFNAME;
  return text(type, name);
}

/** The fixed part of a request about an existing link, and the name where it goes by that. */
export function linkSelector(link: number | string): Buffer[] {
  return typeof link === 'number' ? [ifinfo({ index: link })] : [ifinfo({}), nameSelector(link)];
}
