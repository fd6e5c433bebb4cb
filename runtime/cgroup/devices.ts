/**
 * Which devices may be opened or made (cgroup-v1/devices.rst). v2 has no file for it; see device-program.ts.
 */
import type { OciDeviceRule } from '../oci/spec';
import type { Controller } from './controller';

function number(value: number | undefined): string {
  return value === undefined ? '*' : String(value);
}

/** `c 1:3 rwm`; `a *:* rwm` stands for all. */
export function formatDeviceRule({ type = 'a', major, minor, access }: OciDeviceRule): string {
  return `${type} ${number(major)}:${number(minor)} ${access}`;
}

export const devices: Controller = {
  name: 'devices',
  plan: ({ devices: rules }, version) =>
    version === 2
      ? []
      : rules.map((rule) => ({
          file: rule.allow ? 'devices.allow' : 'devices.deny',
          value: formatDeviceRule(rule),
        })),
};
