/** Looking up plugins in CNI_PATH. */
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { CniError, ErrorCode } from './errors';
import { verifyPluginName } from './identifiers';

/**
 * The first regular executable file called `type` in the folders of CNI_PATH.
 * @throws CniError 7 when `type` is not a plain file name or is nowhere
 */
export function getExecutable(type: string, path: readonly string[]): string {
  verifyPluginName(type);
  const found = path.map((folder) => join(folder, type)).find(isExecutable);
  if (found === undefined)
    throw new CniError(
      ErrorCode.invalidConfig,
      `failed to find plugin ${JSON.stringify(type)} in path [${path.join(' ')}]`,
    );
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
