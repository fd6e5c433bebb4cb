/** Sizes as `docker run -m` takes them: a number and `b`, `k`, `m`, `g` or `t` (powers of 1024). */

const factors = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** Bytes. @throws Error naming what the size is for (`limit memory to`), the value and what was expected */
export function parseSize(operation: string, text: string): number {
  const [, amount, unit = 'b'] = /^(\d+(?:\.\d+)?)([bkmgt])?b?$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(amount) * factors[unit.toLowerCase() as keyof typeof factors]);
  if (!Number.isSafeInteger(bytes))
    throw new Error(
      `${operation} ${JSON.stringify(text)}: expected a number and b, k, m, g or t, such as "64m"`,
    );
  return bytes;
}
