/** Makes a container: everything but its processes. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSpec } from '../oci/default-spec';
import type { OciMount, OciSpec } from '../oci/spec';
import type { Volume } from '../options/volume';
import { sandboxFiles } from '../sandbox/files';
import type { ContainerNetworks } from '../sandbox/network';
import { ensureSandbox, sandboxFolder, sandboxNetns } from '../sandbox/sandbox';
import type { ContainerRecord } from '../store/container-record';
import { writeRecord, writeSpec } from '../store/container-store';
import { createRecord } from '../store/creation';
import { type CreateOptions, type CreatePlan, planCreate } from './create-plan';
import { removeContainer } from './remove';

function bindMount(source: string, destination: string, readonly: boolean): OciMount {
  return { destination, type: 'bind', source, options: ['rbind', 'rprivate', ...(readonly ? ['ro'] : [])] };
}

/** A missing source becomes an empty directory, as Docker does it. Parents are mounted before what lies in them. */
function bindMounts(volumes: readonly Volume[], filesFolder: string): OciMount[] {
  for (const { source } of volumes) if (!existsSync(source)) mkdirSync(source, { recursive: true });
  const own = sandboxFiles.map((name) => bindMount(join(filesFolder, name), `/etc/${name}`, false));
  const taken = new Set(volumes.map(({ destination }) => destination));
  const depth = ({ destination }: OciMount) => destination.split('/').length;
  const wanted = volumes.map(({ source, destination, readonly }) => bindMount(source, destination, readonly));
  return [...own.filter(({ destination }) => !taken.has(destination)), ...wanted].sort(
    (a, b) => depth(a) - depth(b),
  );
}

function specOf({ record, config, user, volumes, env, limits }: CreatePlan, folder: string): OciSpec {
  const netns = sandboxNetns(record);
  return createSpec({
    rootPath: join(folder, 'merged'),
    cgroupsPath: `/tsnet/${record.id}`,
    hostname: record.hostname,
    args: record.command,
    env,
    cwd: config.workingDir || '/',
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    ...(netns === undefined ? {} : { netns }),
    binds: bindMounts(volumes, sandboxFolder(record)),
    limits,
  });
}

/**
 * Makes the folder, the sandbox and the OCI bundle. A failure leaves nothing behind.
 * @throws Error naming the option, its value and what was expected, before anything is touched
 */
export async function createContainer(
  options: CreateOptions,
  networks: ContainerNetworks,
): Promise<ContainerRecord> {
  const plan = planCreate(options, networks);
  const { record } = plan;
  const folder = createRecord(record);
  try {
    for (const name of ['merged', 'upper', 'work']) mkdirSync(join(folder, name), { mode: 0o755 });
    const addresses = await ensureSandbox(record, networks);
    writeSpec(record.id, specOf(plan, folder));
    const created = { ...record, addresses };
    writeRecord(created);
    return created;
  } catch (error) {
    // what went wrong first is what the person must know
    await removeContainer(record, networks).catch(() => {});
    throw error;
  }
}
