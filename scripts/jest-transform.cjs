const { createHash } = require('node:crypto');
const esbuild = require('esbuild');

/** Jest transform: TypeScript and ES modules to CommonJS, by the bundler that also makes dist/. */
module.exports = {
  process(source, path) {
    const { code } = esbuild.transformSync(source, {
      loader: path.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
      target: 'node20',
      // For .mjs the default import would be all of module.exports, which fits real CommonJS modules only
      sourcefile: path.replace(/\.mjs$/, '.js'),
      sourcemap: 'inline',
      define: { 'import.meta.url': 'jestModuleUrl' },
      supported: { using: false, 'dynamic-import': false },
    });
    // An ES module may declare __dirname, which is a parameter of Jest's wrapper: a block makes room for it.
    const scoped = /\bconst __dirname\b/.test(code) ? `{${code}\n}` : code;
    return { code: `const jestModuleUrl = require('node:url').pathToFileURL(__filename).href;${scoped}` };
  },
  getCacheKey(source, path) {
    return createHash('sha256')
      .update(source)
      .update('\0')
      .update(path)
      .update(esbuild.version)
      .update('4')
      .digest('hex');
  },
};
