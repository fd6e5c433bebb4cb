/** The cgroup of one container: a folder of the same path in every hierarchy of the host. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasCode } from '../../linux/errors';
import type { OciResources } from '../oci/spec';
import type { Controller, Setting } from './controller';
import { cpu } from './cpu';
import { inheritCpuset } from './cpuset';
import { devices } from './devices';
import { killCgroup } from './freezer';
import type { Hierarchy } from './hierarchy';
import { memory } from './memory';
import { pids } from './pids';

const controllers: readonly Controller[] = [devices, memory, cpu, pids];

export class ContainerCgroup {
  readonly #hierarchies: readonly Hierarchy[];
  readonly path: string;

  /** @param path below each mount point: `/tsnet/<id>` */
  constructor(hierarchies: readonly Hierarchy[], path: string) {
    this.#hierarchies = hierarchies;
    this.path = path;
  }

  /** One folder for each hierarchy. */
  get folders(): string[] {
    return this.#hierarchies.map((hierarchy) => join(hierarchy.mountPoint, this.path));
  }

  /**
   * Makes the folders and sets the limits.
   * @throws Error naming a limit whose controller this host does not have
   */
  create(resources: OciResources): void {
    this.#requireControllers(resources);
    for (const hierarchy of this.#hierarchies) {
      createFolder(hierarchy, this.path);
      for (const controller of controllers)
        if (hierarchy.controllers.includes(controller.name))
          for (const setting of controller.plan(resources, hierarchy.version))
            writeSetting(join(hierarchy.mountPoint, this.path), setting);
    }
  }

  #requireControllers(resources: OciResources): void {
    for (const { name, plan } of controllers) {
      const found = this.#hierarchies.some((hierarchy) => hierarchy.controllers.includes(name));
      if (!found && plan(resources, 2).length > 0)
        throw new Error(`limit ${name}: this host has no cgroup controller "${name}"`);
    }
  }

  /** Whether the process is one of this cgroup: a pid that was used again is not. */
  has(pid: number): boolean {
    try {
      const membership = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
      return membership.split('\n').some((line) => line.endsWith(`:${this.path}`));
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ESRCH')) return false;
      throw error;
    }
  }

  /** Ends every process in it. */
  kill(): void {
    const named = (wanted: (hierarchy: Hierarchy) => boolean) => this.#hierarchies.find(wanted);
    const best =
      named(({ version }) => version === 2) ??
      named((hierarchy) => hierarchy.controllers.includes('freezer')) ??
      this.#hierarchies[0]!;
    killCgroup(join(best.mountPoint, this.path));
  }

  /** Removes the folders. Absent is fine. @throws Error EBUSY when a process is still in one */
  remove(): void {
    for (const folder of this.folders) removeTree(folder);
  }
}

/** v2 hands a controller to a folder only when each folder above it does. */
function enableControllers(folder: string, wanted: readonly string[]): void {
  for (const name of wanted) writeFileSync(join(folder, 'cgroup.subtree_control'), `+${name}`);
}

function createFolder(hierarchy: Hierarchy, path: string): void {
  const parent = join(hierarchy.mountPoint, dirname(path));
  const used = controllers.map(({ name }) => name).filter((name) => hierarchy.controllers.includes(name));
  mkdirSync(parent, { recursive: true });
  if (hierarchy.version === 2) {
    enableControllers(hierarchy.mountPoint, used);
    enableControllers(parent, used);
  } else if (hierarchy.controllers.includes('cpuset')) inheritCpuset(parent);
  mkdirSync(join(hierarchy.mountPoint, path));
  if (hierarchy.version === 1 && hierarchy.controllers.includes('cpuset'))
    inheritCpuset(join(hierarchy.mountPoint, path));
}

function writeSetting(folder: string, { file, value, optional }: Setting): void {
  if (optional && !existsSync(join(folder, file))) return;
  try {
    writeFileSync(join(folder, file), value);
  } catch (error) {
    throw Object.assign(new Error(`set ${file} to "${value}": ${(error as Error).message}`), {
      code: (error as NodeJS.ErrnoException).code,
    });
  }
}

/** A container may have made cgroups of its own below. */
function removeTree(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  rmdirSync(folder);
}
