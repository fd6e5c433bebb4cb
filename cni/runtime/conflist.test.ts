import fc from 'fast-check';
import { allVersions, compareVersions } from '../versions';
import { parseConflist, parseFolderPlugin, parseNetwork, parseSingleConf, verifyPlugins } from './conflist';
import { chooseVersion } from './conflist-schema';

const plugins = [{ type: 'p' }];

function parse(conf: object) {
  return parseConflist(JSON.stringify({ name: 'n', plugins, ...conf }));
}

describe('chooseVersion', () => {
  test.each([
    ['0.4.0', [], '0.4.0'],
    ['0.4.0', ['0.3.1', '1.0.0', '9.9.9'], '1.0.0'],
    ['1.1.0', ['1.0.0'], '1.1.0'],
    ['9.9.9', ['8.0.0'], '9.9.9'],
    ['9.9.9', ['0.2.0'], '0.2.0'],
  ])('%s with %j: %s', (stated, offered, chosen) => {
    expect(chooseVersion(stated, offered)).toBe(chosen);
  });

  test('is the highest of the known ones, whatever the order', () => {
    const known = fc.constantFrom(...allVersions);
    fc.assert(
      fc.property(known, fc.array(known), (stated, offered) => {
        const highest = [stated, ...offered].sort(compareVersions).at(-1);
        expect(chooseVersion(stated, offered)).toBe(highest);
      }),
    );
  });
});

describe('parseConflist', () => {
  test('without version it is 0.1.0', () => {
    expect(parse({}).cniVersion).toBe('0.1.0');
    expect(parse({ cniVersion: '' }).cniVersion).toBe('0.1.0');
  });

  test.each([
    [true, true],
    ['TRUE', true],
    ['False', false],
    [null, false],
  ])('disableCheck %j is %s', (disableCheck, expected) => {
    expect(parse({ disableCheck }).disableCheck).toBe(expected);
  });

  test('keys match in any case; unknown keys of plugins stay as they are', () => {
    const text =
      '{"NAME":"n","CNIVersion":"1.0.0","Plugins":[{"TYPE":"p","someKey":{"A":null}}],"DisableGC":true}';
    expect(parseConflist(text)).toMatchObject({
      cniVersion: '1.0.0',
      disableGc: true,
      plugins: [{ type: 'p', someKey: { A: null } }],
      text,
    });
  });

  test.each([
    ['an unreadable flag', { disableCheck: 'maybe' }, 'disableCheck "maybe": expected true or false'],
    ['a flag of another type', { disableGC: 1 }, 'disableGC 1: expected true or false'],
    ['versions that are no list', { cniVersions: '1.0.0' }, 'cniVersions "1.0.0": expected Array'],
    [
      'a version that is none',
      { cniVersions: ['abc'] },
      'cniVersions.0 "abc": expected a version such as "1.1.0"',
    ],
    [
      'a stated version that is none',
      { cniVersion: 'x' },
      'cniVersion "x": expected a version such as "1.1.0"',
    ],
    ['no plugins', { plugins: [] }, 'no plugins in list (plugins)'],
    ['a plugin that is no object', { plugins: ['bridge'] }, 'plugins.0 "bridge": expected Object'],
    ['a plugin without type', { plugins: [{}] }, 'missing plugins.0.type'],
    [
      'a type that is a path',
      { plugins: [{ type: '../x' }] },
      'plugins.0.type "../x": expected the file name',
    ],
    ['an empty type', { plugins: [{ type: '' }] }, 'plugins.0.type "": expected the file name'],
    [
      'only inlined plugins of which there are none',
      { plugins: null, loadOnlyInlinedPlugins: true },
      'missing plugins',
    ],
    ['a hostile name', { name: '../x' }, 'invalid characters found in network name'],
    ['no name', { name: null }, 'missing network name'],
  ])('refuses %s', (_title, conf, message) => {
    expect(() => parse(conf)).toThrow(
      expect.objectContaining({ code: 7, message: expect.stringContaining(message) }),
    );
  });

  test('tells every mistake at once', () => {
    expect(() => parse({ disableCheck: 7, plugins: [{ type: 1 }] })).toThrow(
      /disableCheck.*plugins\.0\.type/,
    );
  });

  test.each(['', '[', '[]', '"x"'])('refuses %j as not a JSON object', (text) => {
    expect(() => parseConflist(text)).toThrow(expect.objectContaining({ code: 6 }));
  });

  test('a list may leave its plugins to its folder', () => {
    const list = parse({ plugins: null });
    expect(list).toMatchObject({ plugins: [], loadsFolder: true });
    expect(() => verifyPlugins(list)).toThrow('no plugin configs found');
    expect(parse({ loadOnlyInlinedPlugins: true }).loadsFolder).toBe(false);
  });
});

describe('single configurations', () => {
  const text = '{"cniVersion":"0.3.1","name":"n","type":"p","x":1}';

  test('become a list of one', () => {
    const list = parseSingleConf(text);
    expect(list).toMatchObject({
      name: 'n',
      cniVersion: '0.3.1',
      plugins: [{ type: 'p', x: 1 }],
      loadsFolder: false,
    });
    expect(parseConflist(list.text).plugins).toEqual(list.plugins);
  });

  test('are told from lists by their keys', () => {
    expect(parseNetwork(text).loadsFolder).toBe(false);
    expect(parseNetwork('{"name":"n","plugins":[{"type":"p"}]}').loadsFolder).toBe(true);
    expect(parseNetwork('{"name":"n"}').plugins).toEqual([]);
  });
});

test('plugins of a folder are checked as inlined ones', () => {
  expect(parseFolderPlugin('{"type":"p","a":1}')).toEqual({ type: 'p', a: 1 });
  expect(() => parseFolderPlugin('{')).toThrow(expect.objectContaining({ code: 6 }));
  expect(() => parseFolderPlugin('{"type":"a/b"}')).toThrow('expected the file name');
});
