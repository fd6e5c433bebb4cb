import { quote, verifyContainerId, verifyIfName, verifyNetworkName, verifyPluginName } from './identifiers';

const refused = [
  '-x',
  '_x',
  '.x',
  ' a',
  'a b',
  'a/b',
  '../x',
  'te%%st',
  'é',
  'a\n',
  'a\0b',
  'a'.repeat(9).concat('/'),
];

describe('container ids and network names', () => {
  test.each(['a', '0', 'ok.name-1_2', 'a'.repeat(200)])('%s is accepted', (name) => {
    verifyContainerId(name);
    verifyNetworkName(name);
  });

  test.each(refused)('%j is refused with the name in the details', (name) => {
    expect(() => verifyContainerId(name)).toThrow(
      expect.objectContaining({ code: 4, message: 'invalid characters in containerID', details: name }),
    );
    expect(() => verifyNetworkName(name)).toThrow(
      expect.objectContaining({
        code: 7,
        message: 'invalid characters found in network name',
        details: name,
      }),
    );
  });

  test('a megabyte does not come back', () => {
    expect.assertions(1);
    try {
      verifyNetworkName(' '.repeat(1 << 20));
    } catch (error) {
      expect((error as { details: string }).details.length).toBeLessThan(300);
    }
  });

  test('an absent network name', () => {
    expect(() => verifyNetworkName('')).toThrow(
      expect.objectContaining({ code: 7, message: 'missing network name' }),
    );
  });
});

describe('interface names', () => {
  test.each(['eth0', 'a', '123456789012345', 'é'.repeat(7), '-'])('%s is accepted', (name) => {
    verifyIfName(name);
  });

  test.each([
    ['1234567890123456', 'interface name is too long'],
    ['é'.repeat(8), 'interface name is too long'],
    ['.', 'interface name is . or ..'],
    ['..', 'interface name is . or ..'],
    ...['a/b', 'a:b', 'a b', 'a\tb', 'a\n', 'a\u00a0b', 'a\u0085b', 'a\u2003b'].map((name) => [
      name,
      'interface name contains / or : or whitespace characters',
    ]),
  ])('%j is refused', (name, message) => {
    expect(() => verifyIfName(name!)).toThrow(expect.objectContaining({ code: 4, message }));
  });
});

test.each(['../x', 'a/b', 'a\\b', '.', '..', 'a\0b', ''])('%j is not the name of a plugin', (name) => {
  expect(() => verifyPluginName(name)).toThrow(expect.objectContaining({ code: 7 }));
});

describe('quoting', () => {
  test('keeps short values readable', () => {
    expect(quote('a"b')).toBe('"a\\"b"');
    expect(quote({ a: 1 })).toBe('{"a":1}');
    expect(quote(undefined)).toBe('undefined');
  });

  test('cuts long ones and survives deep ones', () => {
    expect(quote('x'.repeat(1 << 20)).length).toBeLessThan(130);
    expect(quote(JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))).length).toBeLessThan(130);
  });
});
