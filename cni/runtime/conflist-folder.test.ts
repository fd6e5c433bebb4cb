import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { getNetwork, getNetworkFile, listNetworks } from './conflist-folder';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conflist-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: object | string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
}

function list(name: string, type = 'p') {
  return { cniVersion: '1.0.0', name, plugins: [{ type }] };
}

test('lists files in the order of their names, broken ones with their error', () => {
  write('20.conf', { name: 'single', type: 'p' });
  write('100.conflist', list('first'));
  write('B.json', { name: 'upper', type: 'p' });
  write('a.conflist', '{');
  write('ignored.txt', list('ignored'));
  write('folder.conflist/x.conf', '');
  const found = listNetworks(folder).map((entry) => [
    basename(entry.file),
    'network' in entry ? entry.network.name : entry.error.code,
  ]);
  expect(found).toEqual([
    ['100.conflist', 'first'],
    ['20.conf', 'single'],
    ['B.json', 'upper'],
    ['a.conflist', 6],
  ]);
});

test('a folder that is not there is empty; one that is a file is an error', () => {
  expect(listNetworks(join(folder, 'none'))).toEqual([]);
  write('file', '');
  expect(() => listNetworks(join(folder, 'file'))).toThrow(expect.objectContaining({ code: 5 }));
});

test('finds by name: lists before single configurations, then the first file', () => {
  write('1.conf', { name: 'n', type: 'single' });
  write('2.conflist', list('n', 'first'));
  write('3.conflist', list('n', 'second'));
  expect(getNetworkFile(folder, 'n').file).toBe(join(folder, '2.conflist'));
  expect(getNetwork(folder, 'n').plugins).toEqual([{ type: 'first' }]);
});

test('a broken file hides no other network, and is named when the network is not found', () => {
  write('1.conflist', '{');
  write('2.conflist', list('n'));
  expect(getNetwork(folder, 'n').name).toBe('n');
  expect(() => getNetwork(folder, 'x')).toThrow(
    expect.objectContaining({
      code: 7,
      message: expect.stringContaining('find network "x"'),
      details: expect.stringContaining('1.conflist'),
    }),
  );
});

describe('the folder of a list', () => {
  beforeEach(() => {
    write('n/20.conf', { type: 'twenty' });
    write('n/10.conf', { type: 'ten' });
    write('n/30.json', { type: 'ignored' });
  });

  test.each([
    ['follows the inlined plugins', list('n'), ['p', 'ten', 'twenty']],
    ['may be the only source', { cniVersion: '1.1.0', name: 'n' }, ['ten', 'twenty']],
    ['can be switched off', { ...list('n'), loadOnlyInlinedPlugins: true }, ['p']],
    ['is for lists only', { name: 'n', type: 'single' }, ['single']],
  ])('%s', (_title, conf, types) => {
    write('n.conflist', conf);
    expect(getNetwork(folder, 'n').plugins.map(({ type }) => type)).toEqual(types);
  });

  test('a broken file in it breaks the network, naming the file', () => {
    write('n.conflist', list('n'));
    write('n/15.conf', { type: 7 });
    const [found] = listNetworks(folder);
    expect(found).toMatchObject({ error: { message: expect.stringContaining('n/15.conf') } });
  });
});

test('no plugins from anywhere is an error', () => {
  write('n.conflist', { name: 'n', cniVersion: '1.1.0' });
  expect(listNetworks(folder)).toMatchObject([
    { error: { code: 7, message: expect.stringContaining('no plugin configs found') } },
  ]);
});
