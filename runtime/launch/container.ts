/** Plans the launch of a container: from its OCI configuration to the table of system calls. Pure. */
import { join } from 'node:path';
import type { Hierarchy } from '../cgroup/hierarchy';
import type { OciSpec } from '../oci/spec';
import type { OverlayLayers } from '../rootfs/overlay';
import { openMountPoint } from './confined-path';
import { setAttributes } from './detached-mount';
import { needsDeviceFilter, planDeviceFilter } from './device-filter';
import { planDevices } from './devices';
import { AT_FDCWD, MOUNT_ATTR_RDONLY, namespaceFlags, O_CLOEXEC } from './kernel-constants';
import { type LogPlan, planLogWriter } from './log-writer';
import { planMask, planReadonly } from './masks';
import { type MonitorPlan, planClone, planMonitor } from './monitor';
import { planMount } from './mounts';
import { planBlockSignals, planHideLauncher, planProcess } from './process';
import { Program, type Slot } from './program';
import { planRoot } from './root';

const MNT_DETACH = 2;

/** All that a launch depends on. */
export interface LaunchInput {
  spec: OciSpec;
  layers: OverlayLayers;
  /** The container's own cgroups: one folder per hierarchy. */
  cgroups: readonly string[];
  hierarchies: readonly Hierarchy[];
  isFile: (path: string) => boolean;
  logs: readonly LogPlan[];
  monitor: MonitorPlan;
}

/** Enters the cgroups of those folders: the calling process moves itself. */
export function planJoinCgroups(program: Program, folders: readonly string[]): void {
  const self = program.text('0');
  for (const folder of folders) {
    const what = `join cgroup "${folder}"`;
    const path = program.text(`${folder}/cgroup.procs`);
    const file = program.result(what, 'openat', [AT_FDCWD, path, 1 | O_CLOEXEC, 0]);
    program.call(what, 'write', [file, self, 1]);
    program.call(what, 'close', [file]);
  }
}

function planNamespaces(program: Program, spec: OciSpec): void {
  for (const { type, path } of spec.linux.namespaces) {
    if (path === undefined) continue;
    const what = `join ${type} namespace "${path}"`;
    const file = program.result(what, 'openat', [AT_FDCWD, program.text(path), O_CLOEXEC, 0]);
    program.call(what, 'setns', [file, namespaceFlags[type]]);
  }
  // only now: a cgroup namespace begins at the cgroup that its creator is in
  if (spec.linux.namespaces.some(({ type }) => type === 'cgroup'))
    program.call('create cgroup namespace', 'unshare', [namespaceFlags.cgroup]);
}

function planFilesystems(program: Program, input: LaunchInput, root: Slot): void {
  const { mounts, linux } = input.spec;
  for (const mount of mounts) planMount(program, mount, { ...input, root });
  if (mounts.some(({ destination, type }) => destination === '/dev' && type === 'tmpfs'))
    planDevices(program, root);
  for (const path of linux.maskedPaths) planMask(program, root, path);
  for (const path of linux.readonlyPaths) planReadonly(program, root, path);
  openMountPoint(program, root, { path: input.spec.process.cwd, kind: 'directory' });
}

function planPivot(program: Program, root: Slot): void {
  const here = program.text('.');
  program.call('enter root', 'fchdir', [root]);
  program.call('change root', 'pivot_root', [here, here]);
  program.call('detach the host', 'umount2', [here, MNT_DETACH]);
  program.call('enter root', 'chdir', [program.text('/')]);
}

/** The table of a new container. */
export function planContainer(input: LaunchInput): Program {
  const { spec } = input;
  const program = new Program();
  planBlockSignals(program);
  planHideLauncher(program);
  for (const log of input.logs) planLogWriter(program, log);
  const created = spec.linux.namespaces.filter(({ type, path }) => path === undefined && type !== 'cgroup');
  const types = created.map(({ type }) => type);
  const { cloned, child } = planClone(program, types);
  planMonitor(program, cloned, input.monitor);

  program.land(child);
  planJoinCgroups(program, input.cgroups);
  planDevicesOfCgroup(program, input);
  planNamespaces(program, spec);
  program.call('begin session', 'setsid', []);
  program.call('clear umask', 'umask', [0]);
  const root = planRoot(program, spec, input.layers);
  planFilesystems(program, input, root);
  if (spec.root.readonly) {
    const change = { attributes: MOUNT_ATTR_RDONLY, propagation: 0, recursive: false };
    setAttributes(program, root, { what: 'make root read-only', ...change });
  }
  planPivot(program, root);
  planHostname(program, spec);
  planProcess(program, spec.process);
  return program;
}

function planDevicesOfCgroup(program: Program, { spec, hierarchies }: LaunchInput): void {
  const unified = hierarchies.find(({ version }) => version === 2);
  if (unified && needsDeviceFilter(hierarchies))
    planDeviceFilter(program, join(unified.mountPoint, spec.linux.cgroupsPath), spec.linux.resources.devices);
}

function planHostname(program: Program, { hostname, linux }: OciSpec): void {
  if (hostname === '' || !linux.namespaces.some(({ type }) => type === 'uts')) return;
  const length = Buffer.byteLength(hostname);
  program.call(`set hostname "${hostname}"`, 'sethostname', [program.text(hostname), length]);
}
