import { defineCommand } from './command';

/** `import` is a word of the language. */
export const importRootfs = defineCommand({
  command: 'import <source> <name>',
  describe: 'Make a local image of a directory or a tar archive with a root file system',
  builder: (yargs) =>
    yargs
      .positional('source', { type: 'string', demandOption: true, describe: 'directory or tar archive' })
      .positional('name', { type: 'string', demandOption: true, describe: 'name[:tag] of the image' })
      .example('$0 import ./rootfs mine', 'an image "mine:latest"'),
  handler: async ({ source, name }) => {
    const { importImage } = await import('../runtime/images/import');
    console.log((await importImage(source, name)).id);
  },
});
