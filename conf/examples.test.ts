import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

interface PluginConf {
  type: string;
  ipam?: { type: string };
}

interface Conflist {
  cniVersion: string;
  name: string;
  plugins: PluginConf[];
}

const repo = join(__dirname, '..');
const folder = join(__dirname, 'examples');
const files = readdirSync(folder);

function read(file: string): Conflist {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

/** `host-local` → `hostLocalConf` of conf/host-local.ts. */
function schemaOf(type: string): v.GenericSchema {
  const name = type.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return require(`./${type}`)[`${name}Conf`];
}

describe('example network configurations', () => {
  it.each(files)('%s is a conflist', (file) => {
    expect(file).toMatch(/\.conflist$/);
    const { cniVersion, name, plugins } = read(file);
    expect(cniVersion).toMatch(/^[01]\.\d\.\d$/);
    expect(name).toMatch(/^[a-z0-9][a-z0-9-]*$/);
    expect(plugins.length).toBeGreaterThan(0);
  });

  it.each(files)('%s uses types that are built here', (file) => {
    for (const { type, ipam } of read(file).plugins) {
      expect([type, existsSync(join(repo, 'plugins', `${type}.ts`))]).toEqual([type, true]);
      if (ipam)
        expect([ipam.type, existsSync(join(repo, 'ipam', `${ipam.type}.ts`))]).toEqual([ipam.type, true]);
    }
  });

  it.each(files)('%s satisfies the schema of each plugin', (file) => {
    const { name, plugins } = read(file);
    for (const plugin of plugins) {
      const parsed = v.safeParse(schemaOf(plugin.type), { name, ...plugin });
      expect(parsed.issues?.map((issue) => issue.message)).toBeUndefined();
    }
  });

  it('give every network a name of its own, so that all can be installed together', () => {
    const names = files.map((file) => read(file).name);
    expect(new Set(names).size).toBe(names.length);
  });
});
