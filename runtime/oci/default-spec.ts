/** The OCI configuration of a container, with what Docker gives one by default (moby, daemon/pkg/oci/defaults.go). */
import { defaultCapabilities } from './capabilities';
import type {
  NamespaceType,
  OciDeviceRule,
  OciMount,
  OciNamespace,
  OciProcess,
  OciResources,
  OciSpec,
} from './spec';

/** What differs between containers. */
export interface ContainerSpecInput {
  rootPath: string;
  cgroupsPath: string;
  hostname: string;
  args: readonly string[];
  /** `NAME=value`. */
  env: readonly string[];
  cwd: string;
  user: OciProcess['user'];
  /** Path of the network namespace to join; absent: the host's. */
  netns?: string;
  /** Bind mounts after the default mounts, in this order. */
  binds: readonly OciMount[];
  limits: Omit<OciResources, 'devices'>;
}

const safe = ['nosuid', 'noexec', 'nodev'];

const defaultMounts: readonly OciMount[] = [
  { destination: '/proc', type: 'proc', source: 'proc', options: safe },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...safe, 'ro'] },
  { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...safe, 'ro'] },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: safe },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: [...safe, 'mode=1777', 'size=67108864'],
  },
];

const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];

const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

function character(major: number, minor?: number): OciDeviceRule {
  return { allow: true, type: 'c', major, ...(minor === undefined ? {} : { minor }), access: 'rwm' };
}

/** Every node may be made, few may be opened: null, zero, full, random, urandom, tty, console, ptmx, the ptys. */
const deviceRules: readonly OciDeviceRule[] = [
  { allow: false, access: 'rwm' },
  { allow: true, type: 'c', access: 'm' },
  { allow: true, type: 'b', access: 'm' },
  character(1, 3),
  character(1, 5),
  character(1, 7),
  character(1, 8),
  character(1, 9),
  character(5, 0),
  character(5, 1),
  character(5, 2),
  character(136),
];

function namespaces(netns: string | undefined): OciNamespace[] {
  const own = (['mount', 'uts', 'ipc', 'pid', 'cgroup'] satisfies NamespaceType[]).map((type) => ({ type }));
  return netns === undefined ? own : [...own, { type: 'network', path: netns }];
}

/** Only root gets more than the bounding set: as Docker. */
function capabilitiesOf(uid: number) {
  const all = [...defaultCapabilities];
  const own = uid === 0 ? all : [];
  return { bounding: all, effective: own, permitted: own, inheritable: [], ambient: [] };
}

export function createSpec(input: ContainerSpecInput): OciSpec {
  const { rootPath, cgroupsPath, hostname, args, env, cwd, user, netns, binds, limits } = input;
  return {
    ociVersion: '1.1.0',
    process: {
      terminal: false,
      user,
      args: [...args],
      env: [...env],
      cwd,
      capabilities: capabilitiesOf(user.uid),
      noNewPrivileges: false,
    },
    root: { path: rootPath, readonly: false },
    hostname,
    mounts: [...defaultMounts, ...binds],
    linux: {
      namespaces: namespaces(netns),
      cgroupsPath,
      resources: { devices: [...deviceRules], ...limits },
      maskedPaths,
      readonlyPaths,
    },
  };
}
