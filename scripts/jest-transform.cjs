const { createHash } = require('node:crypto');
const esbuild = require('esbuild');

/** Jest transform: TypeScript and ES modules to CommonJS, by the bundler that also makes dist/. */
module.exports = {
  process(source, path) {
    const { code } = esbuild.transformSync(source, {
      loader: path.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
      target: 'node20',
      sourcefile: path,
      sourcemap: 'inline',
      supported: { using: false, 'dynamic-import': false },
    });
    return { code: code.replaceAll('import.meta.url', 'require("node:url").pathToFileURL(__filename).href') };
  },
  getCacheKey(source, path) {
    return createHash('sha256')
      .update(source)
      .update('\0')
      .update(path)
      .update(esbuild.version)
      .update('1')
      .digest('hex');
  },
};
