/** Milliseconds that only grow, for deadlines. `performance.now` tells the same and takes a millisecond to load. */
export function monotonicNow(): number {
  return process.uptime() * 1000;
}
