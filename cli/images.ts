import { defineCommand } from './command';
import { formatDuration } from './container-row';
import { printJson, printTable } from './table';

/** `localhost:5000/app:v1` → repository and tag. */
function split(reference: string): [repository: string, tag: string] {
  const at = reference.lastIndexOf(':');
  return [reference.slice(0, at), reference.slice(at + 1)];
}

export const images = defineCommand({
  command: 'images',
  describe: 'List local images',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'as a JSON array' })
      .example('$0 images', 'names, ids and ages'),
  handler: async ({ json }) => {
    const { listImages } = await import('../runtime/images/image-store');
    const found = listImages();
    if (json) return printJson(found);
    const age = (created: string) => `${formatDuration(Date.now() - new Date(created).getTime())} ago`;
    const rows = found.map(({ reference, id, created }) => [
      ...split(reference),
      id.slice(0, 12),
      age(created),
    ]);
    printTable(['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED'], rows);
  },
});
