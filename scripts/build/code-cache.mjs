/** V8's code cache beside the executables: lib/<name>.cache. Without one an executable works too, and starts later. */
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { labelOf } from './cache-file.cjs';
import { digestOf } from './executable.mjs';
import { bin, lib } from './places.mjs';
import { warmUpCalls } from './warm-up-calls.mjs';

const warmUp = fileURLToPath(new URL('warm-up.cjs', import.meta.url));

/** Namespaces of its own, an empty /run and /var/lib/cni, and a container's namespace: nothing of this machine is touched. */
const privateHost = `set -e
mount --make-rprivate /
mkdir -p /var/lib/cni
for folder in /run /var/lib/cni; do mount -t tmpfs tmpfs $folder; done
mkdir -p /run/netns
mount -t sysfs sysfs /sys 2>/dev/null || true
ip link set lo up
ip netns add warm
exec "$@"`;

const inPrivateHost = (argv) => ['unshare', '--net', '--mount', 'sh', '-c', privateHost, 'sh', ...argv];

function canHavePrivateHost() {
  const [file, ...args] = inPrivateHost(['true']);
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

const host = canHavePrivateHost();
/** Milliseconds. */
const patience = 30_000;

function environment() {
  const { NODE_EXTRA_CA_CERTS, NODE_OPTIONS, ...env } = process.env;
  return env;
}

/** Half a cache would be told by its label; a process that hangs is ended. */
function run(argv, input) {
  const [file, ...args] = host ? inPrivateHost(argv) : argv;
  const child = spawn(file, args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: environment(),
    timeout: patience,
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

/** Makes the cache of the executable `name`, by calling its program; says so when that fails. */
export async function writeCodeCache(name, wrapped) {
  const cache = join(lib, `${name}.cache`);
  const label = labelOf(digestOf(wrapped));
  const calls = warmUpCalls(name, { host, bin });
  const job = { wrapped, executable: join(bin, name), cache, label, calls };
  if (await run([process.execPath, warmUp], JSON.stringify(job))) return;
  rmSync(cache, { force: true });
  console.warn(`no code cache for "${name}": its warm-up failed`);
}
