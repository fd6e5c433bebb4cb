/** Taking an installation away, whatever build it is of. */
import { rmSync } from 'node:fs';
import { withLock } from '../../linux/flock/flock';
import { removeAgent } from './agent-service';
import { listClients, removeBuilds } from './builds';
import { removeClient } from './client';
import { getCniFolder } from './cni-folder';
import { findEntry, syncFolder } from './file';
import { layoutOf } from './layout';
import { releaseReplaced } from './replaced';
import type { Tell } from './step';

/**
 * Stops the agent, removes the clients, puts back what they took the place of, then removes all that lies beside them. The folder stays.
 * @returns the folder without symbolic links
 */
export async function uninstall(cniDir: string, tell: Tell): Promise<string> {
  const layout = layoutOf(getCniFolder(cniDir));
  if (findEntry(layout.hidden) === undefined) return layout.cniDir;
  await withLock(layout.lock, async () => {
    await removeAgent(layout, tell);
    for (const type of listClients(layout).keys()) removeClient(layout, type, tell);
    removeBuilds(layout, new Set(), tell);
    rmSync(layout.unfinished, { force: true });
    const isEmpty = releaseReplaced(layout, tell);
    rmSync(isEmpty ? layout.hidden : layout.lock, { recursive: true, force: true });
    syncFolder(layout.cniDir);
  });
  return layout.cniDir;
}
