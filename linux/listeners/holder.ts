/** Which process holds a socket: proc(5), `/proc/<pid>/fd`. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hasCode } from '../errors';

const socketLink = /^socket:\[(\d+)\]$/;

/** Names that this process may see below a folder of /proc; none when it has gone or is another's. */
function visible(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM', 'ESRCH')) return [];
    throw error;
  }
}

/** The socket behind a descriptor; undefined for anything else, and when it was closed meanwhile. */
function findInode(link: string): string | undefined {
  try {
    return socketLink.exec(readlinkSync(link))?.[1];
  } catch {
    return undefined;
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'exited';
  }
}

/** Answers from one walk through the processes, which goes no further than the questions need. */
export class SocketHolders {
  readonly #pidOf = new Map<string, string>();
  #left: string[] | undefined;

  /** `pid 812 (nginx)`; the socket's number when no visible process holds it. */
  describe(inode: string): string {
    const pid = this.#find(inode);
    return pid === undefined ? `socket ${inode}` : `pid ${pid} (${commandOf(pid)})`;
  }

  #find(inode: string): string | undefined {
    this.#left ??= visible('/proc').filter((name) => /^\d+$/.test(name));
    while (!this.#pidOf.has(inode) && this.#left.length > 0) this.#read(this.#left.shift()!);
    return this.#pidOf.get(inode);
  }

  #read(pid: string): void {
    for (const descriptor of visible(`/proc/${pid}/fd`)) {
      const inode = findInode(`/proc/${pid}/fd/${descriptor}`);
      if (inode !== undefined && !this.#pidOf.has(inode)) this.#pidOf.set(inode, pid);
    }
  }
}
