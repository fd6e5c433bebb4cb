/** A container as `docker inspect` describes one: the keys that scripts read. */
import { join } from 'node:path';
import { sandboxFolder, sandboxNetns } from '../sandbox/sandbox';
import type { ContainerRecord, ContainerState, NetworkMode } from '../store/container-record';
import { containerFolder, getSpec } from '../store/container-store';
import { containerState } from './container';

/** Of containers that have not ended, as Docker prints it. */
const never = '0001-01-01T00:00:00Z';

export function networkModeText(network: NetworkMode): string {
  if (network.kind === 'conflist') return network.name;
  if (network.kind === 'container') return `container:${network.id}`;
  return network.kind === 'null' ? 'none' : network.kind;
}

function describeState(record: ContainerRecord, state: ContainerState) {
  return {
    Status: state.status,
    Running: state.status === 'running',
    Dead: state.status === 'dead',
    Pid: state.status === 'running' ? state.pid : 0,
    ExitCode: state.status === 'exited' ? state.exitCode : 0,
    StartedAt: record.started ?? never,
    FinishedAt: state.status === 'exited' ? state.finished : never,
  };
}

function describePorts({ ports }: ContainerRecord) {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { hostPort, containerPort, protocol, hostIP = '' } of ports) {
    const key = `${containerPort}/${protocol}`;
    bindings[key] = [...(bindings[key] ?? []), { HostIp: hostIP, HostPort: String(hostPort) }];
  }
  return bindings;
}

function describeNetwork(record: ContainerRecord) {
  const [address = '', prefix = '0'] = record.addresses[0]?.split('/') ?? [];
  return {
    SandboxKey: sandboxNetns(record) ?? '',
    Ports: describePorts(record),
    Addresses: record.addresses,
    IPAddress: address,
    IPPrefixLen: Number(prefix),
  };
}

/** Also for a container whose joined sandbox is gone: then that part is empty. */
function orEmpty<T extends object>(describe: () => T): Partial<T> {
  try {
    return describe();
  } catch {
    return {};
  }
}

export function inspectContainer(record: ContainerRecord) {
  const folder = containerFolder(record.id);
  const { process, mounts, linux } = getSpec(record.id);
  const { memory, cpu, pids } = linux.resources;
  const binds = mounts.filter(({ type, destination }) => type === 'bind' && !destination.startsWith('/etc/'));
  return {
    Id: record.id,
    Created: record.created,
    Path: process.args[0],
    Args: process.args.slice(1),
    State: describeState(record, containerState(record)),
    Image: record.image,
    Name: `/${record.name}`,
    ...orEmpty(() => ({
      ResolvConfPath: join(sandboxFolder(record), 'resolv.conf'),
      HostnamePath: join(sandboxFolder(record), 'hostname'),
      HostsPath: join(sandboxFolder(record), 'hosts'),
    })),
    Bundle: folder,
    HostConfig: {
      NetworkMode: networkModeText(record.network),
      AutoRemove: record.autoRemove,
      Memory: memory?.limit ?? 0,
      NanoCpus: ((cpu?.quota ?? 0) / (cpu?.period ?? 1)) * 1e9,
      PidsLimit: pids?.limit ?? null,
      CgroupPath: linux.cgroupsPath,
    },
    GraphDriver: {
      Name: 'overlay',
      Data: {
        LowerDir: record.layers.join(':'),
        UpperDir: join(folder, 'upper'),
        WorkDir: join(folder, 'work'),
        MergedDir: join(folder, 'merged'),
      },
    },
    Mounts: binds.map(({ source, destination, options }) => ({
      Type: 'bind',
      Source: source,
      Destination: destination,
      RW: !options.includes('ro'),
    })),
    Config: { Hostname: record.hostname, Env: process.env, Cmd: record.command, WorkingDir: process.cwd },
    NetworkSettings: orEmpty(() => describeNetwork(record)),
  };
}
