/** Installing the build that this process is of, over nothing or over another build. */
import { withLock } from '../../linux/flock/flock';
import { ensureAgent, isAgentInstalled } from './agent-service';
import { ensureBuild, listClients, removeBuilds } from './builds';
import { ensureClient, removeClient } from './client';
import { ensureCniFolder } from './cni-folder';
import { type Distribution, readDistribution } from './distribution';
import { ensureFolder, syncFolder } from './file';
import { type Layout, layoutOf } from './layout';
import type { Tell } from './step';

/** What was installed, and where. */
export interface Installation {
  build: string;
  cniDir: string;
  types: string[];
}

/**
 * Puts a client for each CNI type into the folder, and what they need beside it. Interrupted at any moment, each type still
 * works, as before or as after; the next run completes it.
 * An agent that is installed already is brought to this build too: it would serve no other.
 * @param tell hears each change when it is made; nothing when all is in place
 */
export async function install(
  { cniDir, agent }: { cniDir: string; agent: boolean },
  tell: Tell,
): Promise<Installation> {
  const distribution = readDistribution();
  const layout = layoutOf(ensureCniFolder(cniDir));
  ensureFolder(layout.hidden);
  await withLock(layout.lock, async () => {
    const wantsAgent = agent || isAgentInstalled(layout);
    installInto(layout, distribution, tell);
    if (wantsAgent) await ensureAgent(layout, distribution, tell);
  });
  const { build, types } = distribution;
  return { build, cniDir: layout.cniDir, types };
}

function installInto(layout: Layout, distribution: Distribution, tell: Tell): void {
  const { build, types, client } = distribution;
  const before = listClients(layout);
  ensureBuild(layout, distribution, tell);
  for (const type of types) ensureClient(layout, type, client, tell);
  for (const type of before.keys()) if (!types.includes(type)) removeClient(layout, type, tell);
  syncFolder(layout.cniDir);
  const replaced = new Set([...before.values()].filter((other) => other !== build));
  // calls that the clients before have started still load from their folder
  if (before.size === 0 || replaced.size > 0) removeBuilds(layout, new Set([build, ...replaced]), tell);
}
