/** How executables start: with their code cache, without, and with a cache that is not theirs. */
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binFolder, type Outcome, PrivateHost } from './private-host';

let host: PrivateHost;
let folder: string;
beforeAll(async () => {
  host = await PrivateHost.create();
});
afterAll(() => host?.destroy());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsnet-executables-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const libFolder = join(binFolder, '../lib');
const names = readdirSync(binFolder);
const types = names.filter((name) => name !== 'tsnet');

const env = { CNI_COMMAND: 'VERSION' };
const askVersions = (file: string) => host.exec([file], { env, input: '{"cniVersion":"1.1.0"}' });

function expectAnswer({ code, stdout, stderr }: Outcome) {
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ cniVersion: '1.1.0' });
}

/** Whether V8 took the data of `cache` (a label and a sum are around it) when `executable` started. */
function usesCache(executable: string, cache: string): boolean {
  const argv = ['node', '--profile-deserialization', executable, '--version'];
  const { code, stdout } = host.exec(argv);
  expect(code).toBe(0);
  return stdout.includes(`[Deserializing from ${statSync(cache).size - 68} bytes`);
}

/** A copy of the executable and of its cache, side by side as in dist/. */
function install(name: string) {
  for (const part of ['bin', 'lib']) mkdirSync(join(folder, part));
  const executable = join(folder, 'bin', name);
  const cache = join(folder, 'lib', `${name}.cache`);
  cpSync(join(binFolder, name), executable);
  copyFileSync(join(libFolder, `${name}.cache`), cache);
  return { executable, cache };
}

describe('beside its cache', () => {
  test.each(names)('%s starts from it', (name) => {
    expect(usesCache(join(binFolder, name), join(libFolder, `${name}.cache`))).toBe(true);
  });

  test('so it does when both are copied, or called by a symbolic link', () => {
    const { executable, cache } = install('null');
    const link = join(folder, 'null');
    symlinkSync(executable, link);
    for (const file of [executable, link]) {
      expect(usesCache(file, cache)).toBe(true);
      expectAnswer(askVersions(file));
    }
  });
});

describe('alone', () => {
  test.each(types)('%s works', (type) => {
    const copy = join(folder, type);
    copyFileSync(join(binFolder, type), copy);
    expectAnswer(askVersions(copy));
  });

  test('so does one with letters of other alphabets in its path', () => {
    mkdirSync(join(folder, 'möbel ящик'));
    const copy = join(folder, 'möbel ящик', 'null');
    copyFileSync(join(binFolder, 'null'), copy);
    expectAnswer(askVersions(copy));
  });
});

describe('a cache that is', () => {
  const edited = (edit: (bytes: Buffer) => void) => (bytes: Buffer) => {
    edit(bytes);
    return bytes;
  };
  const damages: Record<string, (bytes: Buffer) => Buffer> = {
    empty: () => Buffer.alloc(0),
    'cut within its label': (bytes) => bytes.subarray(0, 40),
    'a label only': (bytes) => bytes.subarray(0, 64),
    'cut at its end': (bytes) => bytes.subarray(0, -1),
    'half written': (bytes) => bytes.subarray(0, bytes.length / 2),
    'too long': (bytes) => Buffer.concat([bytes, Buffer.alloc(100)]),
    'of zeros in one block': edited((bytes) => bytes.fill(0, 8192, 12288)),
    'of zeros but for its label': edited((bytes) => bytes.fill(0, 64)),
    'not a cache': () => Buffer.from('no cache\n'.repeat(10_000)),
    'of another program': edited((bytes) => bytes.write('0123456789abcdef')),
    'of another Node': edited((bytes) => bytes.write(' v18.0.0 ', 32)),
    'of another type': () => readFileSync(join(libFolder, 'loopback.cache')),
  };

  test.each(Object.keys(damages))('%s is not used', (damage) => {
    const { executable, cache } = install('null');
    writeFileSync(cache, damages[damage]!(readFileSync(cache)));
    expect(usesCache(executable, cache)).toBe(false);
    expectAnswer(askVersions(executable));
  });

  test('a folder is not used', () => {
    const { executable, cache } = install('null');
    rmSync(cache);
    mkdirSync(cache);
    expectAnswer(askVersions(executable));
  });

  test('made under other flags of V8 is not used', () => {
    const { executable } = install('null');
    expectAnswer(
      host.exec(['node', '--stack-size=900', executable], { env, input: '{"cniVersion":"1.1.0"}' }),
    );
  });
});

/** A result of a megabyte, which takes many writes to a pipe. */
test.each(['bin with its cache', 'copy alone'])('all of a long answer reaches a slow reader: %s', (where) => {
  const ips = Array.from({ length: 20_000 }, (_, at) => ({ address: `10.${at >> 8}.${at & 255}.1/8` }));
  const prevResult = { cniVersion: '1.1.0', interfaces: [{ name: 'eth0' }], ips };
  const input = join(folder, 'input');
  writeFileSync(input, JSON.stringify({ cniVersion: '1.1.0', name: 'n', type: 'null', prevResult }));
  const executable = join(where === 'copy alone' ? folder : binFolder, 'null');
  if (where === 'copy alone') copyFileSync(join(binFolder, 'null'), executable);
  host.sh('ip netns add long');
  const call = `CNI_COMMAND=ADD CNI_CONTAINERID=c CNI_NETNS=/run/netns/long CNI_IFNAME=eth0 CNI_PATH=/none ${executable} <${input}`;
  const slowly = `${call} | { sleep 0.3; head -c 100000; sleep 0.3; cat; }`;
  const answer = host.sh(slowly);
  host.sh('ip netns del long');
  expect(answer.length).toBeGreaterThan(1_000_000);
  expect(JSON.parse(answer).ips).toHaveLength(ips.length);
});

test('a defect is told with its place in the executable', () => {
  const copy = join(folder, 'null');
  const text = readFileSync(join(binFolder, 'null'), 'latin1');
  const broken = text.replace('__dirname) {', "__dirname) {\nthrow new Error('broken');");
  writeFileSync(copy, broken, { mode: 0o755 });
  const line = broken.slice(0, broken.indexOf("throw new Error('broken')")).split('\n').length;
  const { code, stderr } = askVersions(copy);
  expect(code).toBe(1);
  expect(stderr).toContain(`${copy}:${line}\n`);
});
