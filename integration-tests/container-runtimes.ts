/** podman and containerd, Debian's, on a private host with our executables as their CNI plugins. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { imageName } from './busybox-image';
import { binFolder, type Outcome, type PrivateHost } from './private-host';

/** Folders that these runtimes use by name and that a private host must have for itself. */
export const runtimeFolders = ['/etc/cni', '/opt/cni'];

/** Puts conflists where runtimes look, and our executables into the plugin folder. */
export function installPlugins(host: PrivateHost, conflists: object[]): void {
  host.sh(`mkdir -p /etc/cni/net.d /opt/cni/bin; ln -s ${binFolder}/* /opt/cni/bin/`);
  for (const [at, conflist] of conflists.entries()) {
    const written = host.exec(['tee', `/etc/cni/net.d/${at}.conflist`], { input: JSON.stringify(conflist) });
    if (written.code !== 0) throw new Error(written.stderr);
  }
}

/**
 * podman's configuration. runc, because Debian's crun refuses hosts with hybrid cgroups; limits of its own, because a host
 * may forbid raising them.
 */
const podmanConf = `[network]
network_backend = "cni"
cni_plugin_dirs = ["/opt/cni/bin"]
network_config_dir = "/etc/cni/net.d"
default_network = "tsnet"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[containers]
cgroupns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
`;

export class Podman {
  readonly #host: PrivateHost;

  constructor(host: PrivateHost, archive: string) {
    this.#host = host;
    host.exec(['tee', '/run/containers.conf'], { input: podmanConf });
    const loaded = this.exec('load', '-i', archive);
    if (loaded.code !== 0) throw new Error(loaded.stderr);
  }

  exec(...args: string[]): Outcome {
    const storage = [
      '--root',
      '/run/podman/storage',
      '--runroot',
      '/run/podman/run',
      '--storage-driver',
      'vfs',
    ];
    return this.#host.exec(['podman', ...storage, ...args], {
      env: { CONTAINERS_CONF: '/run/containers.conf' },
    });
  }

  removeAll(): void {
    this.exec('rm', '-f', '-a', '-t', '0');
  }

  /** Runs a command, fails the test when it fails, and gives its output without the final newline. */
  ok(...args: string[]): string {
    const done = this.exec(...args);
    if (done.code !== 0) throw new Error(`podman ${args.join(' ')}: ${done.stderr}`);
    return done.stdout.trim();
  }
}

const containerdConf = `version = 2
root = "/run/containerd-root"
state = "/run/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "/run/containerd.sock"
`;

export class Containerd {
  readonly #host: PrivateHost;
  readonly #daemon: ChildProcess;

  private constructor(host: PrivateHost, daemon: ChildProcess) {
    this.#host = host;
    this.#daemon = daemon;
  }

  static async start(host: PrivateHost, archive: string): Promise<Containerd> {
    host.exec(['tee', '/run/containerd.toml'], { input: containerdConf });
    const daemon = host.start(['containerd', '-c', '/run/containerd.toml']);
    const containerd = new Containerd(host, daemon);
    for (let attempt = 0; containerd.exec('version').code !== 0; attempt++) {
      if (attempt === 100) throw new Error('containerd did not start');
      await sleep(100);
    }
    const imported = containerd.exec('images', 'import', '--snapshotter', 'native', archive);
    if (imported.code !== 0) throw new Error(imported.stderr);
    return containerd;
  }

  #argv(args: string[]): string[] {
    return ['ctr', '-a', '/run/containerd.sock', ...args];
  }

  exec(...args: string[]): Outcome {
    return this.#host.exec(this.#argv(args));
  }

  /** `ctr run --cni`, in the foreground: ctr detaches the network itself only then. */
  run(id: string, ...command: string[]): Outcome {
    return this.exec('run', '--snapshotter', 'native', '--cni', '--rm', imageName, id, ...command);
  }

  /** As {@link run}, without waiting. */
  start(id: string, ...command: string[]): ChildProcess {
    return this.#host.start(
      this.#argv(['run', '--snapshotter', 'native', '--cni', '--rm', imageName, id, ...command]),
    );
  }

  /** Ends the daemon and what it runs. */
  stop(): void {
    for (const id of this.exec('task', 'ls', '-q').stdout.split('\n').filter(Boolean))
      this.exec('task', 'kill', '-s', 'KILL', id);
    this.#host.exec(['pkill', '-KILL', '-f', 'containerd-shim.*/run/containerd.sock']);
    this.#daemon.kill('SIGKILL');
  }
}

/** The tsnet command line, with its state on the private host. */
export class Tsnet {
  readonly #host: PrivateHost;

  constructor(host: PrivateHost, layer: string) {
    this.#host = host;
    this.ok('import', layer, 'busybox');
  }

  exec(...args: string[]): Outcome {
    return this.#host.exec([`${binFolder}/tsnet`, ...args], { env: { TSNET_STATE_DIR: '/run/tsnet-state' } });
  }

  removeAll(): void {
    const ids = this.exec('ps', '-aq').stdout.split('\n').filter(Boolean);
    if (ids.length > 0) this.exec('rm', '-f', ...ids);
  }

  ok(...args: string[]): string {
    const done = this.exec(...args);
    if (done.code !== 0) throw new Error(`tsnet ${args.join(' ')}: ${done.stderr}`);
    return done.stdout.trim();
  }
}
