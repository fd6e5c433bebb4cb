/** The delegated IPAM plugin of one call. */
import { findKey, type JsonObject } from './config';
import { type Delegation, runDelegate, runDelegateAdd } from './delegation';
import { CniError, ErrorCode, withLaterErrors } from './errors';
import { quote } from './identifiers';
import type { Ipam } from './plugin';
import type { Result } from './result';

const none: Ipam = {
  configured: false,
  add: async () => ({}),
  del: async () => {},
  check: async () => {},
  gc: async () => {},
  status: async () => {},
};

/**
 * The IPAM plugin that a configuration names by `ipam.type`.
 * @throws CniError 7 when `ipam` is not an object or `ipam.type` not a string
 */
export function createIpam(conf: JsonObject, delegation: Delegation): Ipam {
  const type = getIpamType(conf);
  if (type === '') return none;
  const run = async (command: 'DEL' | 'CHECK' | 'GC' | 'STATUS') => {
    await runDelegate(delegation, type, command);
  };
  return {
    configured: true,
    add: () => addOrRelease(delegation, type),
    del: () => run('DEL'),
    check: () => run('CHECK'),
    gc: () => run('GC'),
    status: () => run('STATUS'),
  };
}

function getIpamType(conf: JsonObject): string {
  const ipam = findKey(conf, 'ipam') ?? {};
  if (typeof ipam !== 'object' || Array.isArray(ipam))
    throw new CniError(
      ErrorCode.invalidConfig,
      `failed to parse config: ipam ${quote(ipam)}: expected Object`,
    );
  const type = findKey(ipam as JsonObject, 'type') ?? '';
  if (typeof type !== 'string')
    throw new CniError(
      ErrorCode.invalidConfig,
      `failed to parse config: ipam.type ${quote(type)}: expected string`,
    );
  return type;
}

/** SPEC.md, section 4: a delegate whose ADD failed gets its DEL before the failure is returned. */
async function addOrRelease(delegation: Delegation, type: string): Promise<Result> {
  try {
    const result = await runDelegateAdd(delegation, type);
    if (!result.ips?.length) throw new CniError(ErrorCode.internal, 'IPAM plugin returned missing IP config');
    return result;
  } catch (error) {
    const later = await runDelegate(delegation, type, 'DEL').then(
      () => [],
      (failure) => [failure],
    );
    throw withLaterErrors(error, later);
  }
}
