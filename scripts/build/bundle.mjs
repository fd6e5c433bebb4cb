/** One program as one CommonJS text, by esbuild. */
import esbuild from 'esbuild';
import { lazyCore } from './lazy-core.mjs';
import { root } from './places.mjs';

/**
 * @param name of the executable
 * @param entry TypeScript, with imports relative to the root
 * @param identity what the program knows of itself: version and build
 * @returns the text, all ASCII, and esbuild's metafile
 */
export async function bundle(name, entry, { version, build }) {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: entry, resolveDir: root, sourcefile: `${name}-entry.ts`, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    minifyWhitespace: true,
    minifySyntax: true,
    // Names stay, for stack traces: giving each function its own back at start (`keepNames`) takes 3 ms
    minifyIdentifiers: false,
    // V8 keeps a text without other characters in one byte each
    charset: 'ascii',
    legalComments: 'none',
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // The program is not a module of Node's loader: `import()` of Node's own modules becomes `require`
    supported: { 'dynamic-import': false },
    plugins: [lazyCore],
    define: {
      TSNET_VERSION: JSON.stringify(version),
      TSNET_BUILD: JSON.stringify(build),
      'import.meta.url': 'tsnetModuleUrl',
    },
    banner: {
      js: `const tsnetModuleUrl = 'file://' + __filename.split('/').map(encodeURIComponent).join('/');`,
    },
    logLevel: 'warning',
  });
  return { text: outputFiles[0].text, metafile };
}
