/** The published protocol versions and what each allows (CHANGES of SPEC.md 0.1.0 … 1.1.0). */
import { CniError, ErrorCode } from './errors';

/** All published versions, oldest first. */
export const allVersions: readonly string[] = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];
export const newestVersion = '1.1.0';
/** What a configuration without `cniVersion` means. */
export const defaultVersion = '0.1.0';

/** Versions whose results look alike. */
export type ResultFamily = 'legacy' | 'versioned-ips' | 'current';

const families: Readonly<Record<string, ResultFamily>> = {
  '0.1.0': 'legacy',
  '0.2.0': 'legacy',
  '0.3.0': 'versioned-ips',
  '0.3.1': 'versioned-ips',
  '0.4.0': 'versioned-ips',
  '1.0.0': 'current',
  '1.1.0': 'current',
};

/**
 * The family of a published version.
 * @throws CniError 1 for any other string
 */
export function resultFamily(version: string): ResultFamily {
  const family = Object.hasOwn(families, version) ? families[version] : undefined;
  if (family === undefined)
    throw new CniError(
      ErrorCode.incompatibleVersion,
      `convert result: unsupported version ${JSON.stringify(version)}`,
    );
  return family;
}

/**
 * Major, minor and micro; absent parts are 0, as the Go decoder reads them.
 * @throws CniError 6 when it is not a version
 */
export function parseVersion(version: string): [number, number, number] {
  if (!/^\d{1,9}(\.\d{1,9}){0,2}$/.test(version))
    throw new CniError(
      ErrorCode.decodingFailure,
      `parse cniVersion ${JSON.stringify(version.slice(0, 64))}: expected major.minor.micro`,
    );
  const [major = 0, minor = 0, micro = 0] = version.split('.').map(Number);
  return [major, minor, micro];
}

/** Negative, zero or positive, as for sort(). Throws as {@link parseVersion}. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [parseVersion(left), parseVersion(right)];
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Whether `version` is `minimum` or newer. Throws as {@link parseVersion}. */
export function atLeast(version: string, minimum: string): boolean {
  return compareVersions(version, minimum) >= 0;
}
