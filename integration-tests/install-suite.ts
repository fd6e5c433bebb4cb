/** A folder of CNI executables that a suite installs into, on a private host, and several builds to install. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildOf } from './client-folder';
import { parseDocument } from './cni-call';
import { binFolder, type ExecOptions, type Outcome, PrivateHost } from './private-host';

export const dist = join(binFolder, '..');
export const build = buildOf(join(dist, 'lib/client'));

const foreign = '#!/bin/sh\necho foreign\n';

/** What `--json` prints. */
interface Report {
  build: string;
  cniDir: string;
  types: string[];
  changed: boolean;
  steps: { did: string; what: string; note?: string }[];
}

export class InstallHost {
  readonly host: PrivateHost;
  readonly work = mkdtempSync(join(tmpdir(), 'tsnet-install-'));
  /** Made by the first installation. */
  readonly cni = join(this.work, 'cni/bin');
  /** The same build under other names. */
  readonly second = this.#makeBuild('2222222222222222');
  readonly third = this.#makeBuild('3333333333333333');

  private constructor(host: PrivateHost) {
    this.host = host;
  }

  static async create(): Promise<InstallHost> {
    return new InstallHost(await PrivateHost.create({ empty: ['/etc/systemd/system'] }));
  }

  /** A copy of dist that takes itself for another build. Its code caches are of the first: they would bring back its name. */
  #makeBuild(name: string): string {
    const folder = join(this.work, name);
    cpSync(dist, folder, { recursive: true, filter: (path) => !/\.(cache|new)$/.test(path) });
    for (const file of ['bin/tsnet', 'lib/client']) {
      const path = join(folder, file);
      writeFileSync(path, readFileSync(path, 'latin1').replaceAll(build, name), 'latin1');
    }
    return folder;
  }

  tsnet(args: string[], from = dist, options: ExecOptions = {}): Outcome {
    return this.host.exec([join(from, 'bin/tsnet'), ...args], options);
  }

  /** `tsnet install` or `uninstall` with --json; fails the test when it fails. */
  change(command: string, from = dist, ...rest: string[]): Report {
    const done = this.tsnet([command, '--cni-dir', this.cni, '--json', ...rest], from);
    if (done.code !== 0) throw new Error(done.stderr);
    return JSON.parse(done.stdout);
  }

  /** Everything in the folder. */
  list(): string[] {
    return this.host.sh(`cd ${this.cni}; find . | sort`).trim().split('\n');
  }

  /** What one executable answers to VERSION: `ours`, or whatever it printed. */
  answerOf(type: string): string {
    const done = this.host.exec([join(this.cni, type)], { env: { CNI_COMMAND: 'VERSION' }, input: '{}' });
    return parseDocument(done.stdout)?.supportedVersions?.includes('1.1.0')
      ? 'ours'
      : done.stdout + done.stderr;
  }

  /** Puts the executable of somebody else there, which prints `foreign`. */
  placeForeign(type: string): void {
    this.host.sh(`mkdir -p ${this.cni}`);
    this.host.exec(['tee', join(this.cni, type)], { input: foreign });
    this.host.sh(`chmod 0755 ${this.cni}/${type}`);
  }

  /** Forgets all that was installed. */
  clear(): void {
    rmSync(join(this.work, 'cni'), { recursive: true, force: true });
    this.host.sh('rm -rf /run/systemd /etc/systemd/system/*');
  }

  destroy(): void {
    rmSync(this.work, { recursive: true, force: true });
    this.host.destroy();
  }
}
