import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { hasCode } from '../errors';
import { FileLock, withLock } from './flock';

/** Both ways to the lock: by FFI and by commands. */
const ways = ['', '1'];

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flock-'));
  path = join(folder, 'locks', 'network.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What util-linux's flock(1) finds: an independent witness. */
function isFree(): boolean {
  return spawnSync('flock', ['-n', path, 'true']).status === 0;
}

function openDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder) ? [fd] : [];
    } catch {
      return [];
    }
  });
}

/** A process that holds the lock while a child, which inherits it, reads `fifo` to its end. */
function startHolder(fifo: string, noFfi: string): ChildProcess {
  const contents = `import { run } from '../command';
    import { withLock } from './flock';
    const [path, fifo] = process.argv.slice(2);
    withLock(path, (lock) => run(['timeout', '60', 'cat', fifo], { inherit: [lock.fd] }));`;
  const program = join(folder, 'holder.cjs');
  buildSync({
    stdin: { contents, resolveDir: __dirname, loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    define: { 'import.meta.url': '"file:///"' },
  });
  const env = {
    PATH: process.env.PATH,
    NODE_PATH: join(__dirname, '../../node_modules'),
    TSNET_NO_FFI: noFfi,
  };
  return spawn(process.execPath, [program, path, fifo], { env, stdio: 'inherit' });
}

/** Opens a FIFO for writing once somebody reads it. Opening it in the blocking way would hold Jest when nobody does. */
async function openForReader(fifo: string): Promise<number> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    try {
      return openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (!hasCode(error, 'ENXIO')) throw error;
      await sleep(20);
    }
  }
  throw new Error('nobody reads the FIFO');
}

describe.each(ways)('TSNET_NO_FFI=%j', (noFfi) => {
  beforeEach(() => {
    process.env.TSNET_NO_FFI = noFfi;
  });
  afterEach(() => {
    delete process.env.TSNET_NO_FFI;
  });

  test('it is held while in use and free after', async () => {
    {
      using _lock = await FileLock.acquire(path);
      expect(isFree()).toBe(false);
    }
    expect(isFree()).toBe(true);
    {
      using lock = FileLock.acquireSync(path);
      expect(isFree()).toBe(false);
      lock.release();
      expect(isFree()).toBe(true);
    }
    expect(openDescriptors()).toEqual([]);
  });

  test('the folder that it makes is private', async () => {
    using _lock = await FileLock.acquire(path);
    expect(statSync(join(folder, 'locks')).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('a hundred of one process go one after the other, in the order in which they came', async () => {
    const order: number[] = [];
    let inside = 0;
    const visit = (at: number) =>
      withLock(path, async () => {
        inside += 1;
        expect(inside).toBe(1);
        await new Promise(setImmediate);
        order.push(at);
        inside -= 1;
      });
    const all = Array.from({ length: noFfi ? 5 : 100 }, (_, at) => at);
    await Promise.all(all.map(visit));
    expect(order).toEqual(all);
    expect(openDescriptors()).toEqual([]);
  });

  test('a second holder in the same process waits, and gives up with ETIMEDOUT', async () => {
    using _lock = await FileLock.acquire(path);
    await expect(FileLock.acquire(path, { timeout: 20 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(() => FileLock.acquireSync(path, { timeout: 0 })).toThrow(
      `lock "${path}": another process holds it`,
    );
    expect(openDescriptors()).toHaveLength(1);
  });

  test('shared holders stand beside each other and keep an exclusive one out', async () => {
    const first = await FileLock.acquire(path, { shared: true });
    using second = FileLock.acquireSync(path, { shared: true, timeout: 0 });
    await expect(FileLock.acquire(path, { timeout: 20 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    first.release();
    expect(isFree()).toBe(false);
    second.release();
    using _alone = await FileLock.acquire(path, { timeout: 0 });
    await expect(FileLock.acquire(path, { shared: true, timeout: 20 })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
    });
  });

  test('a waiter gets it when the holder lets go', async () => {
    const lock = await FileLock.acquire(path);
    const waiting = FileLock.acquire(path, { timeout: 10_000 });
    lock.release();
    using _next = await waiting;
    expect(isFree()).toBe(false);
  });

  test('a killed holder lets go', async () => {
    await withLock(path, () => {});
    const holder = spawn('flock', [path, 'sh', '-c', 'echo held; exec sleep 60'], { detached: true });
    await once(holder.stdout, 'data');
    await expect(FileLock.acquire(path, { timeout: 0 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    process.kill(-holder.pid!, 'SIGKILL');
    using lock = FileLock.acquireSync(path, { timeout: 10_000 });
    expect(lock.path).toBe(path);
  });

  test('children do not inherit it', async () => {
    const lock = await FileLock.acquire(path);
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    lock.release();
    expect(isFree()).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  test('a holder that is killed keeps it through the child that inherited it, until that one ends', async () => {
    const fifo = join(folder, 'fifo');
    spawnSync('mkfifo', [fifo]);
    const holder = startHolder(fifo, noFfi);
    const childRuns = await openForReader(fifo);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(isFree()).toBe(false);
    closeSync(childRuns);
    FileLock.acquireSync(path, { timeout: 10_000 }).release();
  });

  test('a lock on a file that was removed while waiting does not count', async () => {
    const first = await FileLock.acquire(path);
    rmSync(path);
    using second = FileLock.acquireSync(path, { timeout: 0 });
    expect(statSync(second.path).isFile()).toBe(true);
    first.release();
    expect(isFree()).toBe(false);
  });

  test('withLock lets go when the action throws, and keeps one action at a time', async () => {
    await expect(withLock(path, () => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
    expect(isFree()).toBe(true);
    let running = 0;
    const work = async () => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => withLock(path, work)));
  });

  test('a symbolic link is refused, and its target is not made', async () => {
    writeFileSync(join(folder, 'file'), '');
    const link = join(folder, 'link');
    symlinkSync(join(folder, 'target'), link);
    await expect(FileLock.acquire(link)).rejects.toMatchObject({ name: 'SyscallError', code: 'ELOOP' });
    expect(existsSync(join(folder, 'target'))).toBe(false);
  });

  test.each([-1, Number.NaN])('a timeout of %p is refused', async (timeout) => {
    await expect(FileLock.acquire(path, { timeout })).rejects.toMatchObject({ code: 'EINVAL' });
  });
});
