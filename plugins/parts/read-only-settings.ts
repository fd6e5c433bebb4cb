import { hasCode } from '../../linux/errors';

/**
 * Makes settings that a network is better with but works without. Where /proc/sys is read-only, as for an engine inside a
 * container, they are somebody else's to make.
 */
export function whereWritable(change: () => void): void {
  try {
    change();
  } catch (error) {
    // sysctl(8) calls both a denied permission
    if (!hasCode(error, 'EROFS', 'EACCES')) throw error;
  }
}
