import { CniError, toCniError } from '../../cni/errors';

/**
 * Runs every step, whatever the others do: what DEL and GC are made of.
 * @throws CniError the first error, with the messages of the others as details
 */
export async function runAll(steps: (() => void | Promise<void>)[]): Promise<void> {
  const errors: CniError[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(toCniError(error));
    }
  }
  const [first, ...others] = errors;
  if (!first) return;
  if (others.length === 0) throw first;
  const details = [first.details, ...others.map((error) => error.message)].filter(Boolean).join('; ');
  throw new CniError(first.code, first.message, details);
}
