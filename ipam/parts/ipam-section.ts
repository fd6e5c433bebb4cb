import { CniError, ErrorCode } from '../../cni/errors';
import { atLeast } from '../../cni/versions';

/** The `ipam` object of a configuration. @throws CniError 7 when there is none */
export function getIpamSection<Section>(conf: { ipam?: Section | undefined }): Section {
  if (conf.ipam === undefined) throw new CniError(ErrorCode.invalidConfig, "IPAM config missing 'ipam' key");
  return conf.ipam;
}

/**
 * Results before 0.3.0 have room for one address of each family.
 * @throws CniError 7 when the configuration asks for more
 */
export function verifyFamilies(families: readonly (4 | 6)[], cniVersion: string): void {
  const tooMany = [4, 6].some((family) => families.filter((one) => one === family).length > 1);
  if (tooMany && !atLeast(cniVersion, '0.3.0'))
    throw new CniError(
      ErrorCode.invalidConfig,
      `CNI version ${cniVersion} does not support more than 1 address per family`,
    );
}
