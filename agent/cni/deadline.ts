/** An answer in time, whatever the work does. */

export interface Deadline<T> {
  /** Milliseconds until the work is interrupted. */
  deadline: number;
  /** Milliseconds that it then gets to end by itself. */
  grace: number;
  interrupt(): void;
  /** What takes the place of its result when it has not ended then, either. */
  late(): T;
}

/** The result of `work`, which never rejects, or what stands in for it. No timer is left behind. */
export function withDeadline<T>(
  work: Promise<T>,
  { deadline, grace, interrupt, late }: Deadline<T>,
): Promise<T> {
  return new Promise((resolve) => {
    let timer = setTimeout(() => {
      interrupt();
      timer = setTimeout(() => resolve(late()), grace);
    }, deadline);
    work.then((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}
