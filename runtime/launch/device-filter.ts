/** Attaches the device rules of a container to its cgroup, where cgroup v2 is all there is for them (bpf(2)). */
import { compileDeviceRules } from '../cgroup/device-program';
import type { Hierarchy } from '../cgroup/hierarchy';
import type { OciDeviceRule } from '../oci/spec';
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY } from './kernel-constants';
import type { Program } from './program';

const BPF_PROG_LOAD = 5;
const BPF_PROG_ATTACH = 8;
const BPF_PROG_TYPE_CGROUP_DEVICE = 15n;
const BPF_CGROUP_DEVICE = 6n;
const BPF_F_ALLOW_MULTI = 2n;
const instructionSize = 8;
/** union bpf_attr, as far as it is used; the kernel takes what lies behind as zero. */
const loadAttrSize = 48;
const attachAttrSize = 16;
/** Descriptors of known number, because the attach request holds them as data. */
const cgroupFd = 100;
const programFd = 101;

/** Whether no v1 hierarchy has the devices controller. */
export function needsDeviceFilter(hierarchies: readonly Hierarchy[]): boolean {
  return !hierarchies.some(({ version, controllers }) => version === 1 && controllers.includes('devices'));
}

/** @param folder the container's cgroup in the v2 hierarchy */
export function planDeviceFilter(program: Program, folder: string, rules: readonly OciDeviceRule[]): void {
  const what = 'restrict devices';
  const code = compileDeviceRules(rules);
  const [instructions, license] = [program.bytes(code), program.text('Apache-2.0')];
  const count = BigInt(code.length / instructionSize);
  const load = program.words(BPF_PROG_TYPE_CGROUP_DEVICE | (count << 32n), instructions, license, 0, 0, 0);
  const loaded = program.result(what, 'bpf', [BPF_PROG_LOAD, load, loadAttrSize]);
  const path = program.text(folder);
  const cgroup = program.result(what, 'openat', [AT_FDCWD, path, O_DIRECTORY | O_CLOEXEC, 0]);
  program.call(what, 'dup3', [cgroup, cgroupFd, O_CLOEXEC]);
  program.call(what, 'dup3', [loaded, programFd, O_CLOEXEC]);
  const descriptors = BigInt(cgroupFd) | (BigInt(programFd) << 32n);
  const attach = program.words(descriptors, BPF_CGROUP_DEVICE | (BPF_F_ALLOW_MULTI << 32n));
  program.call(what, 'bpf', [BPF_PROG_ATTACH, attach, attachAttrSize]);
}
