import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { builtinIpam, getPlugin, hasPlugin, listTypes } from './registry';

/** The build makes an executable of each of these files. */
const typesIn = (folder: string) =>
  readdirSync(join(__dirname, '../..', folder))
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
    .map((file) => file.slice(0, -'.ts'.length));

test('every executable has its plugin here, and there are no others', () => {
  expect(listTypes().sort()).toEqual([...typesIn('plugins'), ...typesIn('ipam')].sort());
  for (const type of listTypes()) expect(getPlugin(type).type).toBe(type);
});

test('every IPAM type is a function call for its delegators', async () => {
  expect(Object.keys(builtinIpam).sort()).toEqual(typesIn('ipam').sort());
  for (const [type, load] of Object.entries(builtinIpam)) expect((await load()).type).toBe(type);
});

test.each(['', 'tsnet', 'toString', '__proto__', '../bridge'])('there is no type %j', (type) => {
  expect(hasPlugin(type)).toBe(false);
  expect(() => getPlugin(type)).toThrow('no type');
});
