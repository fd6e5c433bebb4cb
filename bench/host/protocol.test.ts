import { decodeTiming, decodeTotal, encodeCommand } from './protocol';

describe('stopwatch protocol', () => {
  it('encodes a command', () => {
    const command = { argv: ['/bin/echo', 'a b'], env: { CNI_COMMAND: 'ADD' } };
    expect(encodeCommand({ command, inputFile: '/in', outputFile: '/out' }, true)).toBe(
      'a/bin/echo\naa b\neCNI_COMMAND=ADD\ni/in\no/out\n.\n',
    );
    expect(encodeCommand({ command: { argv: ['/bin/true'] }, outputFile: '/out' }, false)).toBe(
      'a/bin/true\no/out\n;\n',
    );
  });

  it('refuses what would end a line', () => {
    const command = { argv: ['/bin/echo', 'a\ng9'] };
    expect(() => encodeCommand({ command, outputFile: '/out' }, true)).toThrow('line feed');
  });

  it('decodes what the stopwatch answers', () => {
    expect(decodeTiming('3 1000000 2500000 1')).toEqual({ index: 3, start: 1, milliseconds: 2.5, exit: 1 });
    expect(decodeTotal('= 4000000')).toBe(4);
    expect(decodeTotal('3 1000000 2500000 1')).toBeUndefined();
    expect(() => decodeTiming('ready')).toThrow('unexpected line "ready"');
  });
});
