/** What can be known about the current boot. Containers do not survive one, so their reservations need not either. */
import { readFileSync, statSync } from 'node:fs';
import { uptime } from 'node:os';

export interface Boot {
  /** random(4): `/proc/sys/kernel/random/boot_id`. */
  id: string;
  /** Nanoseconds since the epoch: whatever was written before this time was written before the boot. */
  startedAt: bigint;
}

/**
 * The current boot.
 *
 * The kernel's own boot time moves whenever the clock is set: after a step forward (the first NTP answer, a resumed
 * virtual machine) files of running containers look older than the boot. The file system of /dev is created by the
 * kernel at boot and keeps the time that the clock showed then, so the earlier of the two is the one to trust. Where
 * the kernel does not record it (before 5.19) nothing is old enough.
 */
export function getBoot(): Boot {
  const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const witness = statSync('/dev', { bigint: true }).birthtimeNs;
  const computed = BigInt(Math.floor(Date.now() - uptime() * 1000)) * 1_000_000n;
  return { id, startedAt: witness < computed ? witness : computed };
}
