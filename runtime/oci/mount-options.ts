/** Options of an OCI mount, sorted by who takes them (config.md, "Linux mount options"; mount_setattr(2)). */

const attributes: Record<string, number> = {
  ro: 0x1,
  nosuid: 0x2,
  nodev: 0x4,
  noexec: 0x8,
  noatime: 0x10,
  strictatime: 0x20,
  nodiratime: 0x80,
};
const defaults = new Set(['rw', 'suid', 'dev', 'exec', 'relatime', 'defaults']);
const propagations: Record<string, number> = {
  private: 1 << 18,
  slave: 1 << 19,
  shared: 1 << 20,
  unbindable: 1 << 17,
};

export interface MountOptions {
  /** MOUNT_ATTR_ flags to set. */
  attributes: number;
  /** MS_ flag; 0 leaves it. */
  propagation: number;
  /** Submounts of a bind mount come along. */
  recursive: boolean;
  /** What the file system itself understands: `size=64k`, `newinstance`. */
  data: string[];
}

export function parseMountOptions(options: readonly string[]): MountOptions {
  const parsed: MountOptions = { attributes: 0, propagation: 0, recursive: false, data: [] };
  for (const option of options) {
    const propagation = propagations[option] ?? propagations[option.replace(/^r/, '')];
    if (option === 'bind' || option === 'rbind') parsed.recursive = option === 'rbind';
    else if (attributes[option] !== undefined) parsed.attributes |= attributes[option];
    else if (propagation !== undefined) parsed.propagation = propagation;
    else if (!defaults.has(option)) parsed.data.push(option);
  }
  return parsed;
}
