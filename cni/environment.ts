/** The environment of one call: which variables each command needs, and in which order mistakes are reported. */
import { CniError, ErrorCode } from './errors';
import { quote, verifyContainerId, verifyIfName } from './identifiers';

export const commands = ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS', 'VERSION'] as const;
export type Command = (typeof commands)[number];

/** Environment variables by name, as in `process.env`. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** The CNI variables, validated; empty where not given. */
export interface Environment {
  command: Command;
  containerId: string;
  netns: string;
  ifName: string;
  /** CNI_ARGS as given. */
  cniArgs: string;
  /** CNI_PATH, split. */
  path: readonly string[];
}

const attachment: readonly Command[] = ['ADD', 'DEL', 'CHECK'];

/** SPEC.md, section 2, "Parameters", in the order in which missing ones are listed. */
const requiredBy: readonly [name: string, commands: readonly Command[]][] = [
  ['CNI_CONTAINERID', attachment],
  ['CNI_NETNS', ['ADD', 'CHECK']],
  ['CNI_IFNAME', attachment],
  ['CNI_PATH', ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS']],
];

/**
 * Reads and validates the CNI variables. A set but invalid identifier is reported before what is missing.
 * @throws CniError 4 naming the variables
 */
export function readEnvironment(env: EnvironmentVariables): Environment {
  const get = (name: string) => env[name] ?? '';
  const command = readCommand(get('CNI_COMMAND'));
  if (attachment.includes(command)) {
    if (get('CNI_CONTAINERID') !== '') verifyContainerId(get('CNI_CONTAINERID'));
    if (get('CNI_IFNAME') !== '') verifyIfName(get('CNI_IFNAME'));
  }
  const missing = requiredBy.filter(([name, by]) => by.includes(command) && get(name) === '');
  if (missing.length > 0) throw missingVariables(missing.map(([name]) => name));
  return {
    command,
    containerId: get('CNI_CONTAINERID'),
    netns: get('CNI_NETNS'),
    ifName: get('CNI_IFNAME'),
    cniArgs: get('CNI_ARGS'),
    path: splitPath(get('CNI_PATH')),
  };
}

/** CNI_PATH is a list like PATH; empty entries mean nothing. */
export function splitPath(path: string): string[] {
  return path.split(':').filter((folder) => folder !== '');
}

function readCommand(command: string): Command {
  if (command === '') throw missingVariables(['CNI_COMMAND']);
  const known = commands.find((name) => name === command);
  if (known === undefined)
    throw new CniError(
      ErrorCode.invalidEnvironment,
      `unknown CNI_COMMAND: ${command.slice(0, 64)}`,
      `CNI_COMMAND is ${quote(command)}`,
    );
  return known;
}

function missingVariables(names: readonly string[]): CniError {
  return new CniError(ErrorCode.invalidEnvironment, `required env variables [${names.join(',')}] missing`);
}
