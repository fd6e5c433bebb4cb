import { parseOptions } from './options';

const known = ['bridge', 'portmap'];

describe('parseOptions', () => {
  it('runs and writes everything when nothing is said', () => {
    expect(parseOptions([], known)).toEqual({ cases: [], isListing: false, isHelp: false, writes: true });
  });

  it('never writes what is not complete', () => {
    expect(parseOptions(['bridge'], known)).toMatchObject({ cases: ['bridge'], writes: false });
    expect(parseOptions(['--no-write'], known)).toMatchObject({ cases: [], writes: false });
  });

  it('takes a number of runs and a file', () => {
    expect(parseOptions(['--runs', '3', '--json', 'x.json'], known)).toMatchObject({
      runs: 3,
      json: 'x.json',
    });
  });

  it.each([
    [['--runs', '0'], 'parse --runs'],
    [['--runs', '1e9'], 'parse --runs'],
    [['bridges'], 'no case "bridges"'],
    [['--fast'], '--fast'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseOptions(argv, known)).toThrow(message);
  });
});
