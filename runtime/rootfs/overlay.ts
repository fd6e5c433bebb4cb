/** The root file system of a container: image layers below, one writable layer above (overlayfs.rst). */

/** Folders on the host. */
export interface OverlayLayers {
  /** Topmost first. */
  lower: readonly string[];
  upper: string;
  work: string;
}

/** mount(2) takes one page of options, its end included. */
const maxOptionBytes = 4095;

/** `:` separates lower layers, `,` separates options, and a backslash takes either as it is. */
function escapeLayer(path: string): string {
  return path.replaceAll(/[\\:,]/g, '\\$&');
}

/**
 * Options for mount(2).
 * @throws Error when they do not fit
 */
export function overlayOptions({ lower, upper, work }: OverlayLayers): string {
  const options = [
    `lowerdir=${lower.map(escapeLayer).join(':')}`,
    `upperdir=${escapeLayer(upper)}`,
    `workdir=${escapeLayer(work)}`,
  ].join(',');
  if (Buffer.byteLength(options) > maxOptionBytes)
    throw new Error(
      `mount root file system: ${lower.length} layers need more than ${maxOptionBytes} bytes of options`,
    );
  return options;
}
