/** The build that this process is of, as files: what there is to install. */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildIdentity, isOwnBuild } from '../../cni/build-marker';
import { readClientBuild } from './client';
import type { FileContent } from './file';
import { withInterpreter } from './interpreter';

export interface Distribution {
  build: string;
  /** CNI types, sorted. */
  types: string[];
  client: FileContent;
  /** Path below the folder of the build, and what belongs there. */
  files: Map<string, FileContent>;
}

const commandLine = 'tsnet';
const executable = 0o755;

/**
 * Reads what lies around this executable: its `bin`, and `lib` beside that.
 * @throws Error when it is no complete build, or that of another moment
 */
export function readDistribution(): Distribution {
  const bin = dirname(realpathSync(process.argv[1] ?? process.execPath));
  const root = dirname(bin);
  const types = readdirSync(bin)
    .filter((name) => name !== commandLine && isBundle(join(bin, name), name))
    .sort();
  const client = { content: readClient(join(root, 'lib/client')), mode: executable };
  const files = new Map([...listFiles(root)].map((path) => [relative(root, path), readContent(path, types)]));
  return { build: buildIdentity, types, client, files };
}

function isBundle(file: string, name: string): boolean {
  return statSync(file).isFile() && isOwnBuild(file, name);
}

/** Bundles know their build only inside; the client tells whether the files around it are ours. */
function readClient(path: string): Buffer {
  if (!existsSync(path)) throw new Error(`read "${path}": there is no client; build it with npm run build`);
  const content = readFileSync(path);
  const build = readClientBuild(content);
  if (build === buildIdentity) return content;
  throw new Error(`read "${path}": it is of build "${build}", expected "${buildIdentity}"; build again`);
}

/** What a build is writing ends with `.new`. */
function* listFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* listFiles(path);
    else if (entry.isFile() && !entry.name.endsWith('.new')) yield path;
  }
}

function readContent(path: string, types: readonly string[]): FileContent {
  const content = readFileSync(path);
  const isPlugin = types.some((type) => path.endsWith(`/bin/${type}`));
  const mode = statSync(path).mode & executable;
  return { content: isPlugin ? withInterpreter(content, process.execPath) : content, mode };
}
