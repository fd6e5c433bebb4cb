/** Addresses of interfaces: `struct ifaddrmsg`, IFA_* (linux/if_addr.h, rtnetlink(7)). */

import { getUint32, setUint32 } from '../../values/integers';
import { AF_INET, addressText, broadcastBytes, type Cidr, parseCidr } from '../address/ip-address';
import { hasCode } from '../errors';
import type { Address, NewAddress } from '../rtnl/model';
import { addressOperation } from '../rtnl/operation';
import { scopeName } from '../rtnl/scope';
import { AttributeTable, attribute, u32 } from './attribute';
import { type Message, NLM_F_CREATE, NLM_F_EXCL } from './message';
import type { Request } from './request';
import type { NetlinkSocket } from './socket';

const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
const RTM_GETADDR = 22;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_BROADCAST = 4;
const IFA_FLAGS = 8;
const IFA_F_NODAD = 0x02;
const IFA_F_DADFAILED = 0x08;
const IFA_F_TENTATIVE = 0x40;
const RT_SCOPE_HOST = 254;
const ifaddrSize = 8;

interface Ifaddr {
  family?: number;
  prefix?: number;
  scope?: number;
  index: number;
}

function ifaddr({ family = 0, prefix = 0, scope = 0, index }: Ifaddr): Buffer {
  const bytes = Buffer.alloc(ifaddrSize);
  bytes.set([family, prefix, 0, scope]);
  setUint32(bytes, 4, index);
  return bytes;
}

function decodeAddress({ payload }: Message): Address {
  const table = new AttributeTable(payload.subarray(ifaddrSize));
  // On a point-to-point link IFA_ADDRESS is the far end; IPv6 sends no IFA_LOCAL elsewhere.
  const own = table.bytes(IFA_LOCAL) ?? table.bytes(IFA_ADDRESS) ?? Buffer.alloc(4);
  const flags = table.u32(IFA_FLAGS) ?? payload[2]!;
  return {
    index: getUint32(payload, 4),
    address: `${addressText(own)}/${payload[1]!}`,
    scope: scopeName(payload[3]!),
    tentative: (flags & IFA_F_TENTATIVE) !== 0,
    dadFailed: (flags & IFA_F_DADFAILED) !== 0,
  };
}

/** An index that no link has gives an empty list. */
export function listAddresses(socket: NetlinkSocket, index = 0): Address[] {
  try {
    const body = ifaddr({ index });
    const all = socket.dump({ operation: 'list addresses', type: RTM_GETADDR, body }).map(decodeAddress);
    // Kernels before 4.20 do not filter.
    return index === 0 ? all : all.filter((address) => address.index === index);
  } catch (error) {
    if (hasCode(error, 'ENODEV')) return [];
    throw error;
  }
}

/** A subnet of one or two addresses (RFC 3021) has no broadcast address. */
function encodeBroadcast(cidr: Cidr): Buffer[] {
  return cidr.family === AF_INET && cidr.prefix <= 30 ? [attribute(IFA_BROADCAST, broadcastBytes(cidr))] : [];
}

function encodeAddress(cidr: Cidr, index: number): Buffer[] {
  const scope = cidr.family === AF_INET && cidr.bytes[0] === 127 ? RT_SCOPE_HOST : 0;
  const fixed = ifaddr({ family: cidr.family, prefix: cidr.prefix, scope, index });
  return [fixed, attribute(IFA_LOCAL, cidr.bytes), attribute(IFA_ADDRESS, cidr.bytes)];
}

/** The request that adds an address. @throws SyscallError EINVAL */
export function newAddressRequest(address: NewAddress): Request {
  const cidr = parseCidr(address.address);
  const body = [
    ...encodeAddress(cidr, address.index),
    ...(address.broadcast === false ? [] : encodeBroadcast(cidr)),
    ...(address.noDad ? [u32(IFA_FLAGS, IFA_F_NODAD)] : []),
  ];
  return {
    operation: addressOperation('add', address),
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    body: Buffer.concat(body),
  };
}

/** @throws SyscallError EEXIST, ENODEV, EINVAL */
export function addAddress(socket: NetlinkSocket, address: NewAddress): void {
  socket.request(newAddressRequest(address));
}

/** @throws SyscallError EADDRNOTAVAIL when the link has no such address, ENODEV */
export function deleteAddress(socket: NetlinkSocket, address: Pick<Address, 'index' | 'address'>): void {
  const body = Buffer.concat(encodeAddress(parseCidr(address.address), address.index));
  socket.request({ operation: addressOperation('delete', address), type: RTM_DELADDR, body });
}
