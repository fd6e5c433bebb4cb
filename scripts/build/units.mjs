/** The systemd units: they travel with the bundles, so that an installed `tsnet` can install again elsewhere. */
import { copyFileSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { lib, root } from './places.mjs';

/** Copies conf/systemd to dist/lib/systemd. */
export function copyUnits() {
  const [from, to] = [join(root, 'conf/systemd'), join(lib, 'systemd')];
  mkdirSync(to, { recursive: true });
  for (const unit of readdirSync(from).filter((name) => /\.(service|socket)$/.test(name))) {
    copyFileSync(join(from, unit), join(to, `${unit}.new`));
    renameSync(join(to, `${unit}.new`), join(to, unit));
  }
}
