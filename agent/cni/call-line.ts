/** One call as a line of the log. */
import { quote } from '../../cni/identifiers';
import type { CallAnswer, CallRequest } from './frames';

/** @param duration milliseconds */
export function describeCall({ type, env }: CallRequest, outcome: CallAnswer, duration: number): string {
  const { CNI_COMMAND = '', CNI_CONTAINERID = '', CNI_IFNAME = '' } = env;
  const what = `${type} ${quote(CNI_COMMAND)} of ${quote(CNI_CONTAINERID)} ${quote(CNI_IFNAME)}`;
  const how = outcome.exitCode === 0 ? 'done' : `failed with ${describeFailure(outcome.stdout)}`;
  return `${what} ${how} in ${duration.toFixed(1)} ms`;
}

function describeFailure(stdout: string): string {
  try {
    const { code, msg, details } = JSON.parse(stdout);
    return `code ${code}, ${quote(msg)}${details === undefined ? '' : ` (${quote(details)})`}`;
  } catch {
    return quote(stdout);
  }
}
