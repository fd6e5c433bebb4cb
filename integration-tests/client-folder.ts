/** A folder of CNI executables as `tsnet install` makes it, with shell scripts as bundles, so that a test sees who served. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binFolder } from './private-host';

const builtClient = join(binFolder, '../lib/client');
export const clientSource = join(binFolder, '../../native/client.c');

/** The build that a client is of. */
export function buildOf(client: string): string {
  return /tsnet-client ([0-9a-f]{16})\0/.exec(readFileSync(client, 'latin1'))![1]!;
}

/** Says that it ran, on standard error and in a file; gives its input back; ends with 3. */
const bundle = `#!/bin/sh
echo bundle >&2
echo run >> /run/bundle-runs
cat
exit 3
`;

/** Prints what it got: its descriptors as `ls` inherits them, then its environment. */
const probe = `#!/bin/sh
ls /proc/self/fd
env
`;

export class ClientFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'tsnet-client-'));
  readonly bundles: string;

  constructor() {
    this.bundles = join(this.path, '.tsnet', buildOf(builtClient), 'bin');
    mkdirSync(this.bundles, { recursive: true });
    for (const [type, script] of Object.entries({ echo: bundle, probe })) {
      this.install(type);
      this.writeBundle(type, script);
    }
  }

  /** Puts the built client under this name; gives its path. */
  install(type: string): string {
    const path = join(this.path, type);
    copyFileSync(builtClient, path);
    return path;
  }

  writeBundle(type: string, script: string): void {
    writeFileSync(join(this.bundles, type), script);
    chmodSync(join(this.bundles, type), 0o755);
  }

  /** As {@link install}, compiled with deadlines of 300 ms for the agent's word and 600 ms for all else. */
  installHasty(type: string): string {
    const path = join(this.path, type);
    const flags = ['-static', '-nostdlib', '-ffreestanding', '-fno-builtin', '-fno-stack-protector', '-O1'];
    const deadlines = ['-DPATIENCE_MS=300', '-DCALL_MS=600', `-DTSNET_BUILD="${buildOf(builtClient)}"`];
    const warnings = ['-Wall', '-Wextra', '-Werror', '-fno-tree-loop-distribute-patterns'];
    execFileSync('cc', [...flags, ...warnings, ...deadlines, '-o', path, clientSource]);
    this.writeBundle(type, bundle);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
