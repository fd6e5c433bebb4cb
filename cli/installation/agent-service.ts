/** The agent as a service of systemd. Where no systemd runs the units are placed all the same, for a boot that has one. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../linux/command';
import { hasCode } from '../../linux/errors';
import type { Distribution } from './distribution';
import { ensureFile, ensureFolder, findEntry, syncFolder } from './file';
import { buildFolder, type Layout } from './layout';
import type { Tell } from './step';
import { startsFrom, withProgram } from './unit';

const unitFolder = '/etc/systemd/system';
const service = 'tsnet-agent.service';
const socket = 'tsnet-agent.socket';
const units = [socket, service];

/** Where systemd runs, this exists (sd_booted(3)). */
const sign = '/run/systemd/system';

/** Whether the service that is installed starts the agent of this installation. */
export function isAgentInstalled({ hidden }: Layout): boolean {
  const path = join(unitFolder, service);
  return findEntry(path)?.isFile() === true && startsFrom(readFileSync(path, 'utf8'), hidden);
}

/**
 * Places the units of the distribution and has systemd run its agent.
 * @throws CommandError when systemd refuses
 */
export async function ensureAgent(layout: Layout, { build, files }: Distribution, tell: Tell): Promise<void> {
  const bundle = join(buildFolder(layout, build), 'bin/tsnet');
  ensureFolder(unitFolder);
  const changed = units.filter((unit) => {
    const text = files.get(`lib/systemd/${unit}`)?.content.toString();
    if (text === undefined) throw new Error(`install "${unit}": this build has none; build again`);
    const content = Buffer.from(withProgram(text, { node: process.execPath, bundle }));
    const path = join(unitFolder, unit);
    const did = findEntry(path) === undefined ? 'installed' : 'updated';
    if (!ensureFile(path, { content, mode: 0o644 }, join(unitFolder, '.tsnet-unfinished'))) return false;
    tell({ did, what: path });
    return true;
  });
  const byHand = `${process.execPath} ${bundle} agent`;
  if (!(await isSystemdRunning()))
    return tell({ did: 'noted', what: 'no systemd runs here', note: `start the agent by hand: ${byHand}` });
  await start(changed.length > 0, tell);
}

/** Undoes {@link ensureAgent}. */
export async function removeAgent(layout: Layout, tell: Tell): Promise<void> {
  if (!isAgentInstalled(layout)) return;
  const isRunning = await isSystemdRunning();
  if (isRunning) {
    await run(['systemctl', 'disable', '--now', '--quiet', ...units]);
    tell({ did: 'stopped', what: service });
  }
  for (const unit of units) {
    rmSync(join(unitFolder, unit), { force: true });
    tell({ did: 'removed', what: join(unitFolder, unit) });
  }
  syncFolder(unitFolder);
  if (isRunning) await run(['systemctl', 'daemon-reload']);
}

async function start(isChanged: boolean, tell: Tell): Promise<void> {
  if (!isChanged && (await isActive())) return;
  await run(['systemctl', 'daemon-reload']);
  await run(['systemctl', 'enable', '--quiet', ...units]);
  // the socket first: calls that come while the agent starts wait in it
  await run(['systemctl', 'start', socket]);
  await run(['systemctl', 'restart', service]);
  tell({ did: 'started', what: service });
}

async function isActive(): Promise<boolean> {
  try {
    await run(['systemctl', 'is-active', '--quiet', ...units]);
    return true;
  } catch (error) {
    if (hasCode(error, 'EXIT')) return false;
    throw error;
  }
}

/** There is a container image with systemctl and without systemd, and the other way round. */
async function isSystemdRunning(): Promise<boolean> {
  if (!existsSync(sign)) return false;
  try {
    await run(['systemctl', '--version']);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
