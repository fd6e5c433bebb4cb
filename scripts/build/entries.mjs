/** What is built: the source of each executable's entry. A new plugin is one new file under plugins/ or ipam/. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.mjs';

/** CNI types defined by the files of a folder: plugin values only, neither parts nor tests. */
function typesIn(folder) {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
    .map((file) => file.slice(0, -'.ts'.length));
}

const ipamTypes = typesIn('ipam');

/** IPAM values an executable may call in its own process, each loaded only when it is. */
function builtinIpam() {
  const entries = ipamTypes.map((type) => `'${type}': async () => (await import('./ipam/${type}')).default`);
  return `{ ${entries.join(', ')} }`;
}

function pluginEntry(folder, type) {
  const builtin = folder === 'plugins' ? builtinIpam() : '{}';
  return `import plugin from './${folder}/${type}';
import { runPlugin } from './cni/main';
import { runProcess } from './linux/command';
import { isOwnNetns } from './linux/netns/own-netns';
runPlugin(plugin, { builtinIpam: ${builtin}, runProcess, isOwnNetns });`;
}

/** Name of the executable → TypeScript of its entry, relative to the root. */
export const entries = new Map([
  ...typesIn('plugins').map((type) => [type, pluginEntry('plugins', type)]),
  ...ipamTypes.map((type) => [type, pluginEntry('ipam', type)]),
  ['tsnet', `import { main } from './cli/main'; main();`],
]);
