import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { doing } from './io-failure';
import { folderOf, type StoreLocation } from './reservation-store';

/**
 * Whether reservations could be written, without writing any: of a store that does not exist yet the nearest existing
 * parent counts. @throws CniError 5
 */
export function verifyWritable(location: StoreLocation): void {
  let folder = folderOf(location);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  doing(`write in ${JSON.stringify(folder)}`, () => accessSync(folder, constants.W_OK | constants.X_OK));
}
