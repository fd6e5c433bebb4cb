/**
 * What the kernel takes for a link only once it is there: alias, alternative names, and what it is as a bridge's port. The
 * requests go by the new link's name, so that they travel in the datagram that creates it.
 */
import { requireAltName } from '../address/link-name';
import type { NewLinkSpec } from '../rtnl/model';
import { attribute, nested, text } from './attribute';
import { encodeBridgePort } from './bridge-port';
import {
  IFLA_ALT_IFNAME,
  IFLA_IFALIAS,
  IFLA_INFO_SLAVE_DATA,
  IFLA_INFO_SLAVE_KIND,
  IFLA_LINKINFO,
  IFLA_PROP_LIST,
  RTM_NEWLINK,
  RTM_NEWLINKPROP,
} from './link-message';
import { linkSelector } from './link-selector';
import { NLM_F_CREATE, NLM_F_EXCL } from './message';
import type { Request } from './request';

function aliasPart({ alias }: NewLinkSpec): Buffer[] {
  // The kernel stores an alias without its NUL: a terminated one would be one byte longer than what was asked for.
  return alias === undefined ? [] : [attribute(IFLA_IFALIAS, Buffer.from(alias))];
}

function portPart(spec: NewLinkSpec): Buffer[] {
  const values = encodeBridgePort(spec);
  if (values.length === 0) return [];
  const info = [text(IFLA_INFO_SLAVE_KIND, 'bridge'), nested(IFLA_INFO_SLAVE_DATA, values)];
  return [nested(IFLA_LINKINFO, info)];
}

/** In order; none where the creating request says it all. @throws SyscallError EINVAL for an impossible name */
export function completionRequests(operation: string, spec: NewLinkSpec): Request[] {
  const parts = [...aliasPart(spec), ...portPart(spec)];
  const { altNames = [] } = spec;
  for (const altName of altNames) requireAltName('add alternative name', altName);
  const names = [
    nested(
      IFLA_PROP_LIST,
      altNames.map((altName) => text(IFLA_ALT_IFNAME, altName)),
    ),
  ];
  const request = (type: number, content: Buffer[], flags = 0): Request => ({
    operation,
    type,
    flags,
    body: Buffer.concat([...linkSelector(spec.name), ...content]),
  });
  return [
    ...(altNames.length === 0 ? [] : [request(RTM_NEWLINKPROP, names, NLM_F_CREATE | NLM_F_EXCL)]),
    ...(parts.length === 0 ? [] : [request(RTM_NEWLINK, parts)]),
  ];
}
