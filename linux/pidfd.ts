/** Process descriptors: a process that is meant stays the one that is meant, however pids are reused (pidfd_open(2)). */
import { closeSync } from 'node:fs';
import { check, syscall } from './libc';

/** The same on every architecture since Linux 5.3 (asm-generic/unistd.h). */
const SYS_pidfd_send_signal = 424;
const SYS_pidfd_open = 434;

/** An open process. Close it by `using`. */
export class Pidfd implements Disposable {
  readonly pid: number;
  readonly fd: number;

  private constructor(pid: number, fd: number) {
    this.pid = pid;
    this.fd = fd;
  }

  /** @throws SyscallError ESRCH when there is no such process */
  static open(pid: number): Pidfd {
    return new Pidfd(pid, check(`open process ${pid}`, syscall(SYS_pidfd_open, pid, 0, 0, 0)));
  }

  /**
   * @param signal a number of signal(7)
   * @throws SyscallError ESRCH when the process has ended
   */
  signal(signal: number): void {
    check(`signal process ${this.pid}`, syscall(SYS_pidfd_send_signal, this.fd, signal, 0, 0));
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
