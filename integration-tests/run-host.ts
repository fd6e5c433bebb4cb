/** A private host with cgroups, a state folder of its own and a small root file system: what the `tsnet run` suites need. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binFolder, type ExecOptions, type Outcome, PrivateHost } from './private-host';

const tsnet = join(binFolder, 'tsnet');

/** The private host's own /sys covers the cgroups of the machine: they are carried over. */
const showCgroups = `umount /sys
mkdir /run/cgroup
mount --rbind /sys/fs/cgroup /run/cgroup
mount -t sysfs sysfs /sys
mount --rbind /run/cgroup /sys/fs/cgroup
umount -R -l /run/cgroup
rmdir /run/cgroup`;

/** As a host that has cgroup v2 only; without controllers, since the machine may have given them to v1. */
const showUnifiedOnly = `umount /sys
umount -R -l /sys
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup`;

/** What {@link RunHost.inspect} reads of `tsnet inspect`. */
export interface Inspected {
  Id: string;
  State: { Status: string; Pid: number; ExitCode: number };
  HostConfig: { CgroupPath: string };
  NetworkSettings: { SandboxKey: string; IPAddress: string };
}

export class RunHost {
  readonly host: PrivateHost;
  /** Holds everything that the suite writes to disk. */
  readonly folder: string;
  /** A directory that serves as IMAGE. */
  readonly rootfs: string;
  readonly #env: Record<string, string>;

  private constructor(host: PrivateHost, folder: string) {
    this.host = host;
    this.folder = folder;
    this.rootfs = this.makeRootfs('rootfs');
    this.#env = { TSNET_STATE_DIR: join(folder, 'state'), NETCONFPATH: join(folder, 'net.d') };
  }

  static async create({ unifiedOnly = false } = {}): Promise<RunHost> {
    const host = await PrivateHost.create();
    host.sh(unifiedOnly ? showUnifiedOnly : showCgroups);
    return new RunHost(host, mkdtempSync(join(tmpdir(), 'tsnet-run-')));
  }

  /** A root file system with busybox and nothing else. */
  makeRootfs(name: string): string {
    const rootfs = join(this.folder, name);
    for (const folder of ['bin', 'etc', 'tmp']) mkdirSync(join(rootfs, folder), { recursive: true });
    writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    this.host.sh(`cp /bin/busybox '${rootfs}/bin/'; chroot '${rootfs}' /bin/busybox --install -s /bin`);
    return rootfs;
  }

  get state(): string {
    return this.#env.TSNET_STATE_DIR!;
  }

  exec(argv: string[], options: ExecOptions = {}): Outcome {
    return this.host.exec(argv, { ...options, env: { ...this.#env, ...options.env } });
  }

  tsnet(...args: string[]): Outcome {
    return this.exec([tsnet, ...args]);
  }

  /** As {@link tsnet}, but fails the test when the command fails; gives its output. */
  must(...args: string[]): string {
    const done = this.tsnet(...args);
    if (done.code !== 0) throw new Error(`tsnet ${args.join(' ')}\nexit ${done.code}: ${done.stderr}`);
    return done.stdout;
  }

  /** Runs a shell script in a new container of the null network, removed at its end. */
  script(script: string, ...options: string[]): Outcome {
    return this.tsnet('run', '--rm', '--network', 'null', ...options, this.rootfs, 'sh', '-c', script);
  }

  /** Starts `tsnet` without waiting. */
  start(...args: string[]): ChildProcess {
    return this.host.start([tsnet, ...args], { env: this.#env });
  }

  /** Starts a container in the background that runs a shell script. */
  detach(name: string, script: string, ...options: string[]): string {
    const network = options.includes('--network') ? [] : ['--network', 'null'];
    const args = ['run', '-d', '--name', name, ...network, ...options, this.rootfs, 'sh', '-c', script];
    return this.must(...args).trim();
  }

  inspect(name: string): Inspected {
    return JSON.parse(this.must('inspect', name))[0];
  }

  /** Everything that containers may leave behind, as lines. */
  traces(): string[] {
    const state = `find '${this.state}/containers' '${this.state}/names' /run/tsnet/netns /var/lib/cni/results -mindepth 1 2>/dev/null`;
    const cgroups = `for id in $(ls '${this.state}/containers' 2>/dev/null); do find /sys/fs/cgroup -path "*/tsnet/$id*"; done`;
    const found = this.host.sh(`{ ${state}; ${cgroups}; grep tsnet /proc/self/mountinfo; } || true`);
    return found.split('\n').filter((line) => line !== '');
  }

  /** Removes every container, then the host. */
  destroy(): void {
    const ids = this.must('ps', '-aq').split('\n').filter(Boolean);
    if (ids.length > 0) this.tsnet('rm', '-f', ...ids);
    this.host.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Resolves when the child has written the text on its standard output. */
export function awaitOutput(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout!.on('data', (data) => {
      output += data;
      if (output.includes(text)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended (${code}) before it wrote "${text}": ${output}`)));
  });
}

export function awaitExit(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve));
}

/** Asks again until the answer is true; fails the test when it does not become true. */
export async function eventually(what: string, isTrue: () => boolean): Promise<void> {
  for (let round = 0; round < 200; round++) {
    if (isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never true: ${what}`);
}
