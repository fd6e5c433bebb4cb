/** Sealed memory files: programs and tables that nobody can change once they are made (memfd_create(2)). */
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { check, fcntl, lastErrno, memfdCreate } from './libc';

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
/** Since Linux 6.3; earlier kernels answer EINVAL and make every memfd executable. */
const MFD_EXEC = 0x10;
const F_ADD_SEALS = 1033;
const SEAL_SHRINK_GROW_WRITE_SEAL = 0xf;
const EINVAL = 22;

/** Bytes at an offset; what lies between pieces is a hole that reads as zero. */
export interface Piece {
  offset: number;
  bytes: Buffer;
}

function create(name: string): number {
  const fd = memfdCreate(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
  if (fd >= 0 || lastErrno() !== EINVAL) return check(`create memfd "${name}"`, fd);
  return check(`create memfd "${name}"`, memfdCreate(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

/** An anonymous file that can only be read and executed. Close it by `using`. */
export class SealedMemfd implements Disposable {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** @throws SyscallError */
  static create(name: string, pieces: Piece[]): SealedMemfd {
    const writer = create(name);
    try {
      for (const { offset, bytes } of pieces) writeSync(writer, bytes, 0, bytes.length, offset);
      check(`seal memfd "${name}"`, fcntl(writer, F_ADD_SEALS, SEAL_SHRINK_GROW_WRITE_SEAL));
      // execve(2) gives ETXTBSY for a file that is open for writing: keep a reading descriptor only
      return new SealedMemfd(openSync(`/proc/self/fd/${writer}`, 'r'));
    } finally {
      closeSync(writer);
    }
  }

  /** Bytes. */
  get size(): number {
    return fstatSync(this.fd).size;
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
