/** What a program consists of, by esbuild's metafile, against what it may consist of. Pure. */

const inPackage = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** Name of the package that a file belongs to; undefined for our own. */
export function packageOf(path) {
  return inPackage.exec(path.slice(path.lastIndexOf('node_modules/')))?.[1];
}

/**
 * Files that run when the program starts: those that the entry reaches by import statements. A file of a package is
 * reached by `require` too, which stands at the top there; ours is called where something is needed.
 */
export function loadedAtStart(inputs, entry) {
  const found = new Set([entry]);
  for (const file of found) {
    const kinds = packageOf(file) ? ['import-statement', 'require-call'] : ['import-statement'];
    for (const { path, kind, external } of inputs[file]?.imports ?? [])
      if (!external && kinds.includes(kind)) found.add(path);
  }
  return found;
}

/**
 * @param metafile of one program
 * @returns files of the program by bytes, largest first, and whether each is loaded at start
 */
export function weigh(metafile) {
  const [{ inputs, entryPoint }] = Object.values(metafile.outputs);
  const atStart = loadedAtStart(metafile.inputs, entryPoint);
  return Object.entries(inputs)
    .map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput, atStart: atStart.has(file) }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}

const sum = (files) => files.reduce((bytes, file) => bytes + file.bytes, 0);

/** The figures that a budget limits. */
export function measure(files) {
  const start = files.filter(({ atStart }) => atStart);
  return { modules: files.length, bytes: sum(files), modulesAtStart: start.length, bytesAtStart: sum(start) };
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const largest = (files) =>
  files
    .slice(0, 5)
    .map(({ file, bytes }) => `${file} (${kilobytes(bytes)})`)
    .join(', ');

/**
 * @param budget upper limits of {@link measure}'s figures, and packages that may not be there: `never` at all, or `notAtStart`
 * @returns one line for each limit that is passed
 */
export function findExcesses(name, files, { never = [], notAtStart = [], ...limits }) {
  const measured = measure(files);
  const excesses = Object.entries(limits)
    .filter(([figure, limit]) => measured[figure] > limit)
    .map(([figure, limit]) => {
      const counted = figure.endsWith('AtStart') ? files.filter(({ atStart }) => atStart) : files;
      return `${name}: ${figure} is ${measured[figure]}, budget ${limit}; largest: ${largest(counted)}`;
    });
  for (const { file, atStart } of files) {
    const owner = packageOf(file);
    if (never.includes(owner)) excesses.push(`${name}: ${owner} may not be in it (${file})`);
    else if (atStart && notAtStart.includes(owner))
      excesses.push(`${name}: ${owner} may not be loaded at start (${file})`);
  }
  return excesses;
}
