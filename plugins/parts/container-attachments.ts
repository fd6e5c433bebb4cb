/** The attachments of another container, as the runtimes on libcni's cache remember them. */
import { CniError, ErrorCode } from '../../cni/errors';
import type { IpConfig, Result } from '../../cni/result';
import { parseResult } from '../../cni/result-conversion';
import { type CachedAttachment, ResultCache } from '../../cni/runtime/result-cache';
import { newestVersion } from '../../cni/versions';
import { findSandbox, openSandbox } from './sandbox';

/**
 * The attachments of `containerId`, whose namespace `netns` is.
 * @throws CniError 3 when the container has none or its namespace is gone, 8 when `netns` is another namespace
 */
export function listSharedAttachments(containerId: string, netns: string): CachedAttachment[] {
  using own = openSandbox(netns);
  const refuse = (code: number, cause: string) => {
    throw new CniError(code, `join container "${containerId}": ${cause}`);
  };
  const attachments = new ResultCache().list().filter((cached) => cached.containerId === containerId);
  if (attachments.length === 0) refuse(ErrorCode.unknownContainer, 'it is not attached to any network');
  const targets = [...new Set(attachments.map((cached) => cached.netns))];
  const present = targets.filter(isPresent);
  if (present.length === 0) refuse(ErrorCode.unknownContainer, `its netns ${quoteAll(targets)} is gone`);
  const shared = present.filter((path) => isSame(path, own.identity));
  if (shared.length === 0)
    refuse(ErrorCode.invalidNetns, `netns "${netns}": expected that container's, ${quoteAll(present)}`);
  return attachments.filter((cached) => shared.includes(cached.netns));
}

function isPresent(path: string): boolean {
  using netns = findSandbox(path);
  return netns !== undefined;
}

function isSame(path: string, identity: string): boolean {
  using netns = findSandbox(path);
  return netns?.identity === identity;
}

function quoteAll(paths: readonly string[]): string {
  return paths.map((path) => `"${path}"`).join(', ');
}

/** The results of all attachments as one. Pure. */
export function describeAttachments(attachments: readonly CachedAttachment[]): Result {
  return attachments
    .map(({ result, networkName }) =>
      parseResult(result, newestVersion, `cached result of network "${networkName}"`),
    )
    .reduce(join);
}

/** One result after the other: indexes of the second move behind the interfaces of the first. */
function join(one: Result, other: Result): Result {
  const offset = one.interfaces?.length ?? 0;
  const moved = (other.ips ?? []).map((ip) => moveIndex(ip, offset));
  const routes = [...(one.routes ?? []), ...(other.routes ?? [])];
  return {
    ...other,
    ...one,
    interfaces: [...(one.interfaces ?? []), ...(other.interfaces ?? [])],
    ips: [...(one.ips ?? []), ...moved],
    ...(routes.length > 0 && { routes }),
  };
}

function moveIndex(ip: IpConfig, offset: number): IpConfig {
  return ip.interface === undefined ? ip : { ...ip, interface: ip.interface + offset };
}
