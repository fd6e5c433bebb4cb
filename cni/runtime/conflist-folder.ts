/** Networks on disk: the folder, /etc/cni/net.d by default, where administrators put configurations. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { CniError, ErrorCode, toCniError } from '../errors';
import { quote } from '../identifiers';
import {
  type Conflist,
  type ParsedConflist,
  parseFolderPlugin,
  parseNetwork,
  verifyPlugins,
} from './conflist';

export const defaultConfigFolder = '/etc/cni/net.d';

const extensions = ['.conflist', '.conf', '.json'];

/** One file of the folder: a network, or why it is none. */
export type NetworkFile = { file: string; network: Conflist } | { file: string; error: CniError };

/**
 * Every configuration of a folder in the order of file names, broken ones too. A folder that is not there is empty.
 * @throws CniError 5 when the folder cannot be read
 */
export function listNetworks(folder: string): NetworkFile[] {
  return listFiles(folder, extensions).map((file) => {
    try {
      return { file, network: loadNetwork(file) };
    } catch (error) {
      return { file, error: toCniError(error) };
    }
  });
}

/**
 * The network of that name and its file. Lists win over single configurations, then the first file name wins, as in libcni.
 * @throws CniError 7 when no file defines it; its details tell which files could not be read: it may be in one of those
 */
export function getNetworkFile(folder: string, name: string): { file: string; network: Conflist } {
  const files = listNetworks(folder);
  const rank = ({ file }: NetworkFile) => (extname(file) === '.conflist' ? 0 : 1);
  for (const found of files.toSorted((a, b) => rank(a) - rank(b)))
    if ('network' in found && found.network.name === name) return found;
  const broken = files.flatMap((found) => ('error' in found ? [found.error.message] : []));
  throw new CniError(
    ErrorCode.invalidConfig,
    `find network ${quote(name)} in ${quote(folder)}: no configuration has this name`,
    broken.length > 0 ? broken.join('; ') : undefined,
  );
}

/** As {@link getNetworkFile}, where the file does not matter. */
export function getNetwork(folder: string, name: string): Conflist {
  return getNetworkFile(folder, name).network;
}

/**
 * Reads one file and the plugins that lie in the folder `<name>/` beside it.
 * @throws CniError 5, 6 or 7 naming the file
 */
export function loadNetwork(file: string): Conflist {
  const { loadsFolder, ...network } = readAs(file, parseNetwork);
  if (loadsFolder) network.plugins = [...network.plugins, ...loadFolderPlugins(file, network)];
  naming(file, () => verifyPlugins(network));
  return network;
}

function loadFolderPlugins(file: string, { name }: Pick<ParsedConflist, 'name'>) {
  return listFiles(join(dirname(file), name), ['.conf']).map((path) => readAs(path, parseFolderPlugin));
}

function readAs<T>(file: string, parse: (text: string) => T): T {
  return naming(file, () => parse(readText(file)));
}

function naming<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message, details } = toCniError(error);
    throw new CniError(code, `load ${quote(file)}: ${message}`, details);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CniError(ErrorCode.ioFailure, (error as NodeJS.ErrnoException).code ?? 'unreadable');
  }
}

/** Sorted by bytes, as Go sorts: the locale of the user must not change which network is the first. */
function listFiles(folder: string, wanted: readonly string[]): string[] {
  try {
    const names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && wanted.includes(extname(entry.name)))
      .map((entry) => join(folder, entry.name));
    return names.sort((a, b) => Buffer.compare(Buffer.from(basename(a)), Buffer.from(basename(b))));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new CniError(ErrorCode.ioFailure, `read folder ${quote(folder)}: ${code}`);
  }
}
