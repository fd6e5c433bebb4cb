/** What was measured where: the head of the report. */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  processor: string;
  memory: string;
  kernel: string;
  node: string;
  peers: string[];
  commit: string;
  date: string;
  /** Over the last minute, before the first case. */
  load: number;
}

/** The first line a program prints; "unknown" when it cannot be run. */
function firstLine(program: string, ...argv: string[]): string {
  try {
    return execFileSync(program, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(
      '\n',
    )[0]!;
  } catch {
    return 'unknown';
  }
}

/** As Debian's package manager says. */
function packageVersion(name: string): string {
  const [, version = 'unknown'] = firstLine('dpkg-query', '--show', name).split(/\s+/);
  return `${name} ${version}`;
}

export function describeMachine(repo: string): Machine {
  const processors = cpus();
  return {
    processor: `${processors.length} × ${processors[0]?.model ?? 'unknown'}`,
    memory: `${(totalmem() / 1024 ** 3).toFixed(0)} GiB`,
    kernel: release(),
    node: process.version,
    peers: ['containernetworking-plugins', 'iptables', 'nftables', 'iproute2'].map(packageVersion),
    commit: firstLine('git', '-C', repo, 'describe', '--always', '--dirty'),
    date: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    load: loadavg()[0]!,
  };
}
