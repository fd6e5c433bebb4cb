/**
 * What each attachment was given, kept in the place of libcni, so that attachments made by any other runtime on it can be
 * inspected and taken over, and the reverse: one file for each, `<folder>/results/<network>-<containerId>-<ifName>`, for
 * its owner only.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CniError, ErrorCode } from '../errors';
import { quote, verifyContainerId, verifyIfName, verifyNetworkName } from '../identifiers';
import {
  type AttachmentKey,
  type CachedAttachment,
  formatCache,
  parseCache,
  parseCurrentCache,
} from './cached-attachment';

export type { AttachmentKey, CachedAttachment } from './cached-attachment';

export const defaultCacheFolder = '/var/lib/cni';

export class ResultCache {
  readonly #folder: string;

  /** @param folder libcni's cache directory; `results/` is below it */
  constructor(folder: string = defaultCacheFolder) {
    this.#folder = join(folder, 'results');
  }

  /**
   * @returns undefined when there is none
   * @throws CniError 5 or 7 when there is one that cannot be read
   */
  find(key: AttachmentKey): CachedAttachment | undefined {
    const text = readIfPresent(this.#fileOf(key));
    return text === undefined ? undefined : parseCache(text, key);
  }

  /** Replaces what is there, at once: a reader sees the old or the new. @throws CniError 5 */
  write(attachment: CachedAttachment): void {
    const file = this.#fileOf(attachment);
    const temporary = join(this.#folder, `.${process.pid}.new`);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(temporary, formatCache(attachment), { mode: 0o600, flush: true });
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw ioFailure('write', file, error);
    }
  }

  /** Absent is fine. @throws CniError 5 */
  remove(key: AttachmentKey): void {
    const file = this.#fileOf(key);
    try {
      rmSync(file, { force: true });
    } catch (error) {
      throw ioFailure('remove', file, error);
    }
  }

  /** Every attachment whose file tells what it is of, in the order of file names; the others are passed over. */
  list(): CachedAttachment[] {
    return listFolder(this.#folder).flatMap((name) => {
      try {
        return [parseCurrentCache(readIfPresent(join(this.#folder, name)) ?? '')];
      } catch {
        return [];
      }
    });
  }

  #fileOf({ networkName, containerId, ifName }: AttachmentKey): string {
    verifyNetworkName(networkName);
    verifyContainerId(containerId);
    verifyIfName(ifName);
    return join(this.#folder, `${networkName}-${containerId}-${ifName}`);
  }
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw ioFailure('read', file, error);
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw ioFailure('read', folder, error);
  }
}

function ioFailure(verb: string, file: string, error: unknown): CniError {
  return new CniError(
    ErrorCode.ioFailure,
    `${verb} cached result ${quote(file)}: ${(error as NodeJS.ErrnoException).code ?? error}`,
  );
}
