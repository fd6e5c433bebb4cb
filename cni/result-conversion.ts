/**
 * Results of every protocol version to the newest shape and back. Fields that a version does not know pass through.
 * What an older shape cannot say is lost: 0.1.0 and 0.2.0 hold one address per family and no interfaces.
 */
import { findKey, type JsonObject } from './config';
import { CniError, ErrorCode } from './errors';
import { quote } from './identifiers';
import { fromLegacy, type LegacyResult, toLegacy } from './legacy-result';
import type { Dns, Interface, IpConfig, Result } from './result';
import { findCidrFamily, legacyResultSchema, resultSchema } from './result-schema';
import { validate } from './validate';
import { atLeast, resultFamily } from './versions';

/** A result as it goes over the wire. */
export type WireResult = { cniVersion: string } & Record<string, unknown>;

/**
 * A result of any published version in newest shape.
 * @param raw decoded JSON; its own `cniVersion` says what it is
 * @param assumedVersion what it is when it does not say
 * @param subject what it is, for messages: `prevResult`
 * @throws CniError 1 for an unpublished version, 7 when it has not the shape of its version
 */
export function parseResult(raw: unknown, assumedVersion: string, subject: string): Result {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new CniError(ErrorCode.invalidConfig, `parse ${subject} ${quote(raw)}: expected a JSON object`);
  const body = raw as JsonObject;
  const family = resultFamily(findVersion(body, assumedVersion));
  const fields = withoutVersion(body);
  if (family === 'legacy') return fromLegacy(validate(legacyResultSchema, fields, subject) as LegacyResult);
  const result = validate(resultSchema, fields, subject) as Result;
  return family === 'versioned-ips' ? withoutIpVersions(result) : result;
}

/**
 * A result as a configuration of `version` wants it.
 * @param carried what it was made from: the newer fields of its interfaces stay, since nothing that came in may be lost
 * @throws CniError 1 for an unpublished version; 999 when 0.1.0 or 0.2.0 has no address to show
 */
export function formatResult(result: Result, version: string, carried?: Result): WireResult {
  const family = resultFamily(version);
  if (family === 'legacy') return { ...toLegacy(result), cniVersion: version };
  const { interfaces = [], ips = [], routes = [], dns = {}, ...unknown } = result;
  const isOld = family === 'versioned-ips';
  const isNewest = atLeast(version, '1.1.0');
  return {
    ...unknown,
    cniVersion: version,
    ...(interfaces.length > 0 && {
      interfaces: isNewest ? interfaces : interfaces.map((link) => withCarriedFields(link, carried)),
    }),
    ...(ips.length > 0 && { ips: isOld ? ips.map(withIpVersion) : ips }),
    ...(routes.length > 0 && { routes }),
    ...((isOld || !isEmpty(dns)) && { dns }),
  };
}

/** Results of plugins that left `cniVersion` out are told apart by their shape. */
function findVersion(body: JsonObject, assumedVersion: string): string {
  const version = findKey(body, 'cniVersion');
  if (typeof version === 'string' && version !== '') return version;
  const legacy = findKey(body, 'ip4') !== undefined || findKey(body, 'ip6') !== undefined;
  return legacy ? '0.2.0' : assumedVersion;
}

function withoutVersion(body: JsonObject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key.toLowerCase() !== 'cniversion'));
}

function withIpVersion(ip: IpConfig): IpConfig {
  return { ...ip, version: String(findCidrFamily(ip.address)) };
}

function withoutIpVersions(result: Result): Result {
  if (!result.ips) return result;
  return { ...result, ips: result.ips.map(({ version: _version, ...ip }) => ip) };
}

/** The interface fields that 1.1.0 introduced. */
const newFields: readonly string[] = ['mtu', 'socketPath', 'pciID'];

/** Without the new fields, but for those that the same interface came with. */
function withCarriedFields(link: Interface, { interfaces = [] }: Result = {}): Interface {
  const before = interfaces.find(({ name, sandbox }) => name === link.name && sandbox === link.sandbox);
  const isKept = ([key]: [string, unknown]) => !newFields.includes(key) || before?.[key] !== undefined;
  return { name: link.name, ...Object.fromEntries(Object.entries(link).filter(isKept)) };
}

function isEmpty(dns: Dns): boolean {
  return Object.values(dns).every(
    (value) => value === undefined || value === '' || (Array.isArray(value) && value.length === 0),
  );
}
