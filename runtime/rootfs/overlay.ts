/** The root file system of a container: image layers below, one writable layer above (overlayfs.rst). */

/** Folders on the host. */
export interface OverlayLayers {
  /** Topmost first. */
  lower: readonly string[];
  upper: string;
  work: string;
}

/** OVL_MAX_STACK (fs/overlayfs/params.h). */
const maxLayers = 500;

/**
 * Options for mount(2), which takes one page of them: layers are named by their descriptors, relative to
 * /proc/self/fd, so that neither their number nor their names matter.
 * @param first descriptor of the topmost layer; the others follow, then the upper and the work folder
 * @throws Error when there are more layers than the kernel takes
 */
export function overlayOptions({ lower }: OverlayLayers, first: number): string {
  if (lower.length > maxLayers)
    throw new Error(
      `mount root file system: the image has ${lower.length} layers, expected ${maxLayers} at most`,
    );
  const descriptors = lower.map((_, i) => first + i);
  const upper = first + lower.length;
  return `lowerdir=${descriptors.join(':')},upperdir=${upper},workdir=${upper + 1}`;
}
