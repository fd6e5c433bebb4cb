/**
 * A private host: network, mount and pid namespaces of its own, with empty /run and state folders. Its first process is
 * the stopwatch, which runs and times commands; when this process ends in whatever way, the stopwatch does, and everything
 * on the host with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Chain, type Command, decodeTiming, decodeTotal, encodeCommand, type Timing } from './protocol';

/** Folders of the machine that plugins keep state in. */
const stateFolders = ['/var/lib/cni', '/var/lib/tsnet'];

const setUpScript = `
mount -t tmpfs tmpfs /run
mkdir /run/netns
for folder in ${stateFolders.join(' ')}; do [ ! -d "$folder" ] || mount -t tmpfs tmpfs "$folder"; done
mount -t sysfs sysfs /sys 2>/dev/null || true
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
exec "$0"`;

/** Longer than any run; a command that hangs ends the benchmark with a message. */
const patience = 600_000;

export interface Run {
  timings: Timing[];
  /** Milliseconds from the first start to the last end. */
  total: number;
}

export class PrivateHost {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #folder: string;
  readonly #inputs = new Map<string, string>();
  /** Settles when the host is gone. */
  readonly ended: Promise<unknown>;
  /** CNI calls so far. */
  calls = 0;

  private constructor(child: ChildProcess, folder: string) {
    this.#process = child;
    this.ended = once(child, 'exit');
    this.#folder = folder;
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  /**
   * @param stopwatch path of the program
   * @param folder absolute; made here, for the input and output of commands
   */
  static async open(stopwatch: string, folder: string): Promise<PrivateHost> {
    mkdirSync(folder, { recursive: true });
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const child = spawn('unshare', [...namespaces, 'sh', '-ec', setUpScript, stopwatch], {
      // of its own session, so that Ctrl-C reaches only this process, which then closes its hosts
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin!.on('error', () => {});
    const host = new PrivateHost(child, folder);
    if ((await host.#readLine()) !== 'ready') throw new Error('open private host: no stopwatch');
    return host;
  }

  /**
   * Ends the stopwatch, and so everything on the host; `unshare` is its parent and ends with it. Where the kernel does not
   * name a process's children, the parent is ended, which takes the stopwatch with it.
   */
  close(): void {
    const { pid } = this.#process;
    try {
      const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
      if (child > 1) process.kill(child, 'SIGTERM');
    } catch {
      this.#process.kill('SIGKILL');
    }
  }

  async #readLine(): Promise<string> {
    const timer = setTimeout(() => this.close(), patience);
    const line = await this.#lines.next();
    clearTimeout(timer);
    if (line.done) throw new Error('read from stopwatch: it ended, or a command took too long');
    return line.value;
  }

  /** Where the text lies as a file; the same text is written once. */
  #inputFile(text: string): string {
    const known = this.#inputs.get(text);
    if (known) return known;
    const path = join(this.#folder, `${this.#inputs.size}.in`);
    writeFileSync(path, text);
    this.#inputs.set(text, path);
    return path;
  }

  #outputFile(index: number): string {
    return join(this.#folder, `${index}.out`);
  }

  #place(command: Command, index: number) {
    const inputFile = command.input === undefined ? {} : { inputFile: this.#inputFile(command.input) };
    return { command, outputFile: this.#outputFile(index), ...inputFile };
  }

  /** What the command at that position of the last run printed. */
  output(index = 0): string {
    return readFileSync(this.#outputFile(index), 'utf8');
  }

  /**
   * Runs chains of commands, `limit` at a time.
   * @throws Error when one fails, with what it printed
   */
  async run(chains: Chain[], limit = 1): Promise<Run> {
    const run = await this.tryRun(chains, limit);
    const failed = run.timings.find(({ exit }) => exit !== 0);
    if (!failed) return run;
    const { argv, env } = chains.flat()[failed.index]!;
    const said = this.output(failed.index) + readFileSync(`${this.#outputFile(failed.index)}.err`, 'utf8');
    throw new Error(
      `run ${env?.CNI_COMMAND ?? ''} "${argv.join(' ')}": exit ${failed.exit}: ${said.slice(0, 2000)}`,
    );
  }

  /** As {@link run}, but leaves it to the caller to look at exit statuses. */
  async tryRun(chains: Chain[], limit = 1): Promise<Run> {
    let index = 0;
    this.calls += chains.flat().filter(({ env }) => env?.CNI_COMMAND !== undefined).length;
    const text = chains.map((chain) =>
      chain
        .map((command, position) =>
          encodeCommand(this.#place(command, index++), position === chain.length - 1),
        )
        .join(''),
    );
    this.#process.stdin!.write(`${text.join('')}g${limit}\n`);
    const timings: Timing[] = [];
    for (;;) {
      const line = await this.#readLine();
      const total = decodeTotal(line);
      if (total !== undefined) return { timings, total };
      timings.push(decodeTiming(line));
    }
  }

  /** Milliseconds that commands take one after the other, their sum. */
  async time(...commands: Chain): Promise<number> {
    const { timings } = await this.run([commands]);
    return timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  }

  /** Prepares something, by a script of our own text; gives what it printed. */
  async sh(script: string): Promise<string> {
    await this.run([[{ argv: ['/bin/sh', '-e'], env: plainEnvironment, input: script }]]);
    return this.output();
  }

  /** Starts a command that keeps running; gives its pid on this host. */
  async start(command: Command): Promise<number> {
    const text = encodeCommand({ command, outputFile: join(this.#folder, 'started.out') }, true);
    this.#process.stdin!.write(text.replace(/\.\n$/, 'b\n'));
    return Number(await this.#readLine());
  }
}

/** Environment of every command: nothing of the caller's but where programs are. */
export const plainEnvironment = {
  PATH: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  HOME: '/root',
};
