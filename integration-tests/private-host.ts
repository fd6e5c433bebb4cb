/**
 * A private host for black-box tests: network, mount and pid namespaces of its own, empty /run and /var/lib/cni, `lo` up.
 * Everything made inside vanishes with it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const binFolder = join(__dirname, '../dist/bin');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  input?: string;
  env?: Record<string, string>;
  timeout?: number;
}

export interface PrivateHostOptions {
  /** Folders that get an empty tmpfs, besides /run and /var/lib/cni. They are made when missing. */
  empty?: string[];
  /**
   * Keep the machine's /sys, with its cgroups, for container runtimes; otherwise /sys is the private network namespace's.
   */
  cgroups?: boolean;
}

function setUpScript({ empty = [], cgroups = false }: PrivateHostOptions): string {
  const folders = ['/run', '/var/lib/cni', ...empty];
  return `set -e
mount --make-rprivate /
${folders.map((folder) => `mkdir -p ${folder}; mount -t tmpfs tmpfs ${folder}`).join('\n')}
mkdir -p /run/netns
${cgroups ? '' : 'mount -t sysfs sysfs /sys 2>/dev/null || true'}
ip link set lo up
echo ready
exec sleep infinity`;
}

export class PrivateHost {
  readonly #holder: ChildProcess;
  readonly pid: number;

  private constructor(holder: ChildProcess, pid: number) {
    this.#holder = holder;
    this.pid = pid;
  }

  static async create(options: PrivateHostOptions = {}): Promise<PrivateHost> {
    const holder = spawn('unshare', ['--net', '--mount', 'sh', '-c', setUpScript(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      holder.stdout!.once('data', () => resolve());
      holder.once('exit', (code) => reject(new Error(`private host: set-up exited ${code}`)));
    });
    holder.removeAllListeners('exit');
    return new PrivateHost(holder, holder.pid!);
  }

  #argv(argv: string[]): string[] {
    return ['-t', String(this.pid), '-n', '-m', '--', ...argv];
  }

  /** Runs a command on this host and waits for it. The environment is PATH and what `env` gives. */
  exec(argv: string[], options: ExecOptions = {}): Outcome {
    const done = spawnSync('nsenter', this.#argv(argv), {
      input: options.input ?? '',
      env: { PATH: process.env.PATH, HOME: '/root', ...options.env },
      encoding: 'utf8',
      timeout: options.timeout ?? 60_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: done.status, stdout: done.stdout, stderr: done.stderr };
  }

  /** As {@link exec}, but fails the test when the command fails; gives its output. */
  sh(script: string): string {
    const done = this.exec(['sh', '-ec', script]);
    if (done.code !== 0) throw new Error(`${script}\nexit ${done.code}: ${done.stderr}${done.stdout}`);
    return done.stdout;
  }

  /** Starts a command on this host without waiting. */
  start(argv: string[], options: ExecOptions = {}): ChildProcess {
    const child = spawn('nsenter', this.#argv(argv), {
      env: { PATH: process.env.PATH, HOME: '/root', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin!.on('error', () => {});
    child.stdin!.end(options.input ?? '');
    return child;
  }

  /** Runs several at once. */
  execAsync(argv: string[], options: ExecOptions = {}): Promise<Outcome> {
    const child = this.start(argv, options);
    let stdout = '';
    let stderr = '';
    child.stdout!.on('data', (data) => {
      stdout += data;
    });
    child.stderr!.on('data', (data) => {
      stderr += data;
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  }

  destroy(): void {
    this.#holder.kill('SIGKILL');
  }
}
