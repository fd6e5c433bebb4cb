import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type CachedAttachment, formatCache, parseCache } from './cached-attachment';
import { ResultCache } from './result-cache';

const key = { networkName: 'n', containerId: 'c-1', ifName: 'eth0' };
const attachment: CachedAttachment = {
  ...key,
  netns: '/run/netns/c',
  config: '{"name":"n"}',
  cniArgs: [['K', 'V']],
  capabilityArgs: { mac: 'x' },
  result: { cniVersion: '1.0.0' },
};

describe('the format', () => {
  test('is that of libcni', () => {
    expect(JSON.parse(formatCache(attachment))).toEqual({
      kind: 'cniCacheV1',
      containerId: 'c-1',
      config: 'eyJuYW1lIjoibiJ9',
      ifName: 'eth0',
      networkName: 'n',
      netns: '/run/netns/c',
      cniArgs: [['K', 'V']],
      capabilityArgs: { mac: 'x' },
      result: { cniVersion: '1.0.0' },
    });
  });

  test('comes back as it went', () => {
    const values = fc.record({
      netns: fc.string(),
      config: fc.string({ unit: 'grapheme' }),
      cniArgs: fc.array(fc.tuple(fc.string(), fc.string())),
      capabilityArgs: fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.integer()),
    });
    fc.assert(
      fc.property(values, (some) => {
        const whole = { ...attachment, ...some };
        expect(parseCache(formatCache(whole), key)).toEqual(whole);
      }),
    );
  });

  test('Go writes null for what it has not', () => {
    const text =
      '{"kind":"cniCacheV1","containerId":"c-1","config":null,"ifName":"eth0","networkName":"n","cniArgs":null}';
    expect(parseCache(text, key)).toMatchObject({
      ...key,
      config: '',
      cniArgs: [],
      capabilityArgs: {},
      netns: '',
    });
  });

  test('of old was the bare result', () => {
    const result = { cniVersion: '0.2.0', ip4: { ip: '10.0.0.2/24' } };
    expect(parseCache(JSON.stringify(result), key)).toMatchObject({ ...key, result });
  });

  test.each(['', '{', '[]', 'null', '{"kind":"cniCacheV1"}'])('%j is broken', (text) => {
    expect(() => parseCache(text, key)).toThrow(expect.objectContaining({ code: 7 }));
  });
});

describe('the folder', () => {
  let folder: string;
  let cache: ResultCache;
  const results = () => join(folder, 'cni/results');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'result-cache-'));
    cache = new ResultCache(join(folder, 'cni'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test('holds one private file for each attachment, and nothing else', () => {
    cache.write(attachment);
    cache.write({ ...attachment, netns: '/new' });
    expect(readdirSync(results())).toEqual(['n-c-1-eth0']);
    expect(statSync(results()).mode & 0o777).toBe(0o700);
    expect(statSync(join(results(), 'n-c-1-eth0')).mode & 0o777).toBe(0o600);
    expect(cache.find(key)?.netns).toBe('/new');
  });

  test('may not be there', () => {
    expect(cache.find(key)).toBeUndefined();
    expect(cache.list()).toEqual([]);
    cache.remove(key);
  });

  test('lists what tells itself what it is of', () => {
    cache.write(attachment);
    cache.write({ ...attachment, ifName: 'eth1' });
    writeFileSync(join(results(), 'n-old-eth0'), '{"cniVersion":"0.2.0"}');
    writeFileSync(join(results(), 'n-bad-eth0'), '{');
    expect(cache.list().map(({ ifName }) => ifName)).toEqual(['eth0', 'eth1']);
    cache.remove(key);
    expect(cache.list().map(({ ifName }) => ifName)).toEqual(['eth1']);
  });

  test.each([
    { ...key, networkName: '../n' },
    { ...key, containerId: '../../etc' },
    { ...key, ifName: 'a/b' },
  ])('is never left: %j', (hostile) => {
    expect(() => cache.find(hostile)).toThrow();
    expect(() => cache.write({ ...attachment, ...hostile })).toThrow();
    expect(() => cache.remove(hostile)).toThrow();
  });

  test('a name too long for a file is an error that names it, and leaves nothing', () => {
    const long = { ...attachment, containerId: 'c'.repeat(250) };
    expect(() => cache.write(long)).toThrow(expect.objectContaining({ code: 5 }));
    expect(readdirSync(results())).toEqual([]);
  });

  test('keeps the configuration byte for byte', () => {
    cache.write({ ...attachment, config: '{ "é": 1 }\n' });
    const { config } = JSON.parse(readFileSync(join(results(), 'n-c-1-eth0'), 'utf8'));
    expect(Buffer.from(config, 'base64').toString()).toBe('{ "é": 1 }\n');
  });
});
