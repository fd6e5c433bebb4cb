import fs from 'node:fs';
import { join } from 'node:path';
import { enterPrivateHost } from '../../../linux/private-host';
import { parseIp } from '../ip';
import { type Boot, getBoot } from './boot';
import { ReservationStore } from './reservation-store';

const boot = getBoot();
const nextBoot: Boot = { ...boot, id: 'next' };
const owner = (containerId: string, ifName = 'eth0') => ({ containerId, ifName });
let dataDir: string;
let folder: string;

beforeAll(() => enterPrivateHost());

beforeEach(() => {
  dataDir = fs.mkdtempSync('/run/reservation-store-');
  folder = join(dataDir, 'n');
});

afterEach(() => {
  fs.rmSync(dataDir, { recursive: true });
});

async function inStore<T>(action: (store: ReservationStore) => T | Promise<T>, at = boot): Promise<T> {
  using store = await ReservationStore.open({ dataDir, network: 'n' }, at);
  return await action(store);
}

const reserve = (containerId: string, ...addresses: string[]) =>
  inStore((store) => store.reserve(owner(containerId), addresses));

/** As the reference plugin does it, behind our back. */
function reserveElsewhere(address: string, text = 'foreign\r\neth0'): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(join(folder, address), text, { mode: 0o600 });
}

const addresses = () =>
  fs
    .readdirSync(folder)
    .filter((name) => /^[0-9a-f]+[.:]/.test(name))
    .sort();
const longAgo = new Date('2001-02-03');

test('a reservation is a file of the reference plugin, and gone after release', async () => {
  await reserve('c1', '10.0.0.2', 'fd00::2');
  expect(addresses()).toEqual(['10.0.0.2', 'fd00::2']);
  expect(fs.readFileSync(join(folder, 'fd00::2'), 'utf8')).toBe('c1\r\neth0');
  expect(fs.statSync(join(folder, '10.0.0.2')).mode & 0o777).toBe(0o600);
  expect(fs.readFileSync(join(folder, 'last_reserved_ip.1'), 'utf8')).toBe('fd00::2');
  await inStore((store) => store.release(owner('c1', 'eth1')));
  expect(await inStore((store) => store.findAddresses(owner('c1')))).toEqual(['10.0.0.2', 'fd00::2']);
  await inStore((store) => store.release(owner('c1')));
  expect(fs.readdirSync(folder).sort()).toEqual(['last_reserved_ip.0', 'last_reserved_ip.1', 'lock']);
});

test('nothing is made by looking', async () => {
  expect(await ReservationStore.find({ dataDir, network: 'n' })).toBeUndefined();
  expect(fs.readdirSync(dataDir)).toEqual([]);
});

describe('files that another plugin made or removed', () => {
  test('are seen at once, before and after calls of ours', async () => {
    reserveElsewhere('10.0.0.2');
    await reserve('c1', '10.0.0.3');
    reserveElsewhere('10.0.0.4');
    const foreign = await inStore((store) => store.findAddresses(owner('foreign')));
    expect(foreign.sort()).toEqual(['10.0.0.2', '10.0.0.4']);
    await inStore((store) => store.release(owner('foreign')));
    expect(addresses()).toEqual(['10.0.0.3']);
  });

  test('an address given to another container meanwhile is not released', async () => {
    await reserve('c1', '10.0.0.2');
    fs.unlinkSync(join(folder, '10.0.0.2'));
    reserveElsewhere('10.0.0.2');
    await inStore((store) => store.release(owner('c1')));
    expect(addresses()).toEqual(['10.0.0.2']);
  });

  test('of old versions, without interface, belong to each of their container', async () => {
    reserveElsewhere('10.0.0.2', 'old');
    expect(await inStore((store) => store.findAddresses(owner('old')))).toEqual(['10.0.0.2']);
    await inStore((store) => store.release(owner('old')));
    expect(addresses()).toEqual([]);
  });

  test('that are no plain files block their address and nothing else', async () => {
    fs.mkdirSync(join(folder, '10.0.0.2'), { recursive: true });
    fs.symlinkSync('/etc/hostname', join(folder, '10.0.0.3'));
    expect(
      await inStore((store) => ['10.0.0.2', '10.0.0.3', '10.0.0.4'].map((ip) => store.isReserved(ip))),
    ).toEqual([true, true, false]);
    await reserve('c1', '10.0.0.4');
    await inStore((store) => store.release(owner('c1')));
    expect(addresses()).toEqual(['10.0.0.2', '10.0.0.3']);
  });
});

describe('which addresses are taken', () => {
  const base = parseIp('10.0.0.0')!.value;
  const untaken = () =>
    inStore((store) =>
      Array.from({ length: 8 }, (_, at) => base + BigInt(at)).filter(
        (value) => store.findUntaken(4, value, value) !== undefined,
      ),
    ).then((values) => values.map((value) => Number(value - base)));

  test('is known through reservations, releases and what others do', async () => {
    await reserve('c1', '10.0.0.2', '10.0.0.3');
    await reserve('c2', '10.0.0.5');
    expect(await untaken()).toEqual([0, 1, 4, 6, 7]);
    await inStore((store) => store.release(owner('c1')));
    expect(await untaken()).toEqual([0, 1, 2, 3, 4, 6, 7]);
    reserveElsewhere('10.0.0.0');
    fs.unlinkSync(join(folder, '10.0.0.5'));
    expect(await untaken()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await inStore((store) => store.retain([]));
    expect(await untaken()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await reserve('c1', '10.0.0.2');
    await inStore((store) => store.release(owner('c1')));
    expect(fs.readdirSync(join(dataDir, '.tsnet/n', boot.id, '.taken'))).toEqual([]);
  });

  test('leaps over a block that is full, and no farther than asked', async () => {
    await inStore((store) => {
      for (let at = 0; at < 300; at++) store.reserve(owner(`c${at}`), [`10.0.${at >> 8}.${at & 255}`]);
      expect(store.findUntaken(4, base, base + 65_535n)).toBe(base + 300n);
      expect(store.findUntaken(4, base + 7n, base + 299n)).toBeUndefined();
      expect(store.findUntaken(4, base - 2n, base + 299n)).toBe(base - 2n);
      expect(store.findUntaken(6, base, base + 299n)).toBe(base);
    });
  });

  test('where no index can be written, calls do without', async () => {
    fs.writeFileSync(join(dataDir, '.tsnet'), '');
    await reserve('c1', '10.0.0.2');
    expect(await untaken()).toEqual([0, 1, 3, 4, 5, 6, 7]);
    expect(await inStore((store) => store.findAddresses(owner('c1')))).toEqual(['10.0.0.2']);
    await inStore((store) => store.release(owner('c1')));
    expect(addresses()).toEqual([]);
  });
});

test('what has the name of an entry and is none is replaced', async () => {
  await inStore(() => {});
  fs.writeFileSync(join(dataDir, '.tsnet/n', boot.id, 'foreign@eth0'), '');
  reserveElsewhere('10.0.0.2');
  expect(await inStore((store) => store.findAddresses(owner('foreign')))).toEqual(['10.0.0.2']);
});

test('entries of reservations that others removed or gave away are put right', async () => {
  await reserve('c1', '10.0.0.2');
  await reserve('c2', '10.0.0.3');
  fs.unlinkSync(join(folder, '10.0.0.2'));
  fs.unlinkSync(join(folder, '10.0.0.3'));
  reserveElsewhere('10.0.0.3');
  await inStore(() => {});
  const entries = fs.readdirSync(join(dataDir, '.tsnet/n', boot.id));
  expect(entries.filter((name) => !name.startsWith('.'))).toEqual(['foreign@eth0']);
});

describe('stale reservations', () => {
  test.each([
    ['created empty', () => reserveElsewhere('10.0.0.9', '')],
    ['emptied in place', () => fs.truncateSync(join(folder, '10.0.0.2'))],
    ['older than the boot', () => fs.utimesSync(join(folder, '10.0.0.2'), longAgo, longAgo)],
  ])('%s: the address is free', async (what, damage) => {
    await reserve('c1', '10.0.0.2');
    reserveElsewhere('10.0.0.3');
    damage();
    const reserved = await inStore((store) =>
      ['10.0.0.2', '10.0.0.3', '10.0.0.9'].filter((ip) => store.isReserved(ip)),
    );
    expect(reserved).toEqual(what === 'created empty' ? ['10.0.0.2', '10.0.0.3'] : ['10.0.0.3']);
    const [free] = ['10.0.0.2', '10.0.0.9'].filter((ip) => !reserved.includes(ip));
    await reserve('c2', free!);
    expect(fs.readFileSync(join(folder, free!), 'utf8')).toBe('c2\r\neth0');
  });

  test('an emptied file is removed by the DEL of its container', async () => {
    await reserve('c1', '10.0.0.2');
    fs.truncateSync(join(folder, '10.0.0.2'));
    await inStore((store) => store.release(owner('c1')));
    expect(addresses()).toEqual([]);
  });

  test('of an earlier boot are gone, whoever made them, when this plugin knew them then', async () => {
    await reserve('c1', '10.0.0.2');
    reserveElsewhere('10.0.0.3');
    await inStore(() => {});
    reserveElsewhere('10.0.0.4');
    await inStore(() => {}, nextBoot);
    expect(addresses()).toEqual(['10.0.0.4']);
    expect(fs.readdirSync(join(dataDir, '.tsnet/n'))).toEqual(['next']);
  });

  test('made anew in this boot for the same container is not of the earlier one', async () => {
    await reserve('c1', '10.0.0.2');
    fs.unlinkSync(join(folder, '10.0.0.2'));
    reserveElsewhere('10.0.0.2', 'c1\r\neth0');
    expect(await inStore((store) => store.isReserved('10.0.0.2'), nextBoot)).toBe(true);
  });

  test('a clock set forward does not make reservations of this boot stale', async () => {
    await reserve('c1', '10.0.0.2');
    const later = { ...boot, startedAt: BigInt(Date.now() + 3_600_000) * 1_000_000n };
    expect(await inStore((store) => store.isReserved('10.0.0.2'), later)).toBe(true);
  });
});

describe('a call that was killed', () => {
  test('half-way leaves nothing behind its DEL', async () => {
    await reserve('c1', '10.0.0.2');
    fs.writeFileSync(join(folder, '.draft'), 'c2\r\neth0');
    fs.linkSync(join(folder, '.draft'), join(folder, '10.0.0.3'));
    await inStore((store) => store.release(owner('c2')));
    expect(fs.readdirSync(folder).sort()).toEqual(['10.0.0.2', 'last_reserved_ip.0', 'lock']);
  });

  test('before it made anything leaves an index that is not believed', async () => {
    await reserve('c1', '10.0.0.2');
    const index = join(dataDir, '.tsnet/n', boot.id);
    fs.symlinkSync('10.0.0.2=1,10.0.0.3=1', join(index, 'c2@eth0'));
    expect(await inStore((store) => store.findAddresses(owner('c2')))).toEqual([]);
    await inStore((store) => store.release(owner('c2')));
    expect(addresses()).toEqual(['10.0.0.2']);
  });
});

test('a lost index is made anew', async () => {
  await reserve('c1', '10.0.0.2');
  fs.rmSync(join(dataDir, '.tsnet'), { recursive: true });
  expect(await inStore((store) => store.findAddresses(owner('c1')))).toEqual(['10.0.0.2']);
});

test('an address that is taken after all leaves nothing of the others', async () => {
  await reserve('c1', '10.0.0.3');
  const both = inStore((store) => store.reserve(owner('c2'), ['10.0.0.2', '10.0.0.3']));
  await expect(both).rejects.toMatchObject({
    code: 5,
    message: expect.stringMatching(/^reserve 10.0.0.2, 10.0.0.3 in ".*": file already exists$/),
  });
  expect(addresses()).toEqual(['10.0.0.3']);
  expect(await inStore((store) => store.findAddresses(owner('c2')))).toEqual([]);
});

test('names longer than a file name and names that look like paths', async () => {
  const long = 'a'.repeat(1000);
  await reserve(long, '10.0.0.2');
  await reserve('a..', '10.0.0.3');
  expect(await inStore((store) => store.findAddresses(owner(long)))).toEqual(['10.0.0.2']);
  await inStore((store) => store.release(owner(long)));
  expect(addresses()).toEqual(['10.0.0.3']);
});

test('retain removes what belongs to nobody, damaged files too, and names what it could not remove', async () => {
  await reserve('c1', '10.0.0.2');
  await reserve('c2', '10.0.0.3');
  reserveElsewhere('10.0.0.4');
  reserveElsewhere('10.0.0.5', '\0\0garbage');
  reserveElsewhere('10.0.0.6', 'c2');
  fs.mkdirSync(join(folder, '10.0.0.7'));
  const collected = inStore((store) => store.retain([owner('c2')]));
  await expect(collected).rejects.toMatchObject({
    code: 5,
    message: expect.stringContaining('release 10.0.0.7'),
  });
  expect(addresses()).toEqual(['10.0.0.3', '10.0.0.6', '10.0.0.7']);
});

test('beside 60,000 reservations ADD and DEL neither list the directory nor read the others', async () => {
  fs.mkdirSync(folder);
  for (let at = 0; at < 60_000; at++) reserveElsewhere(`10.8.${at >> 8}.${at & 255}`, `c${at}\r\neth0`);
  await inStore(() => {});
  const first = parseIp('10.8.0.0')!.value;
  const [listings, reads] = [jest.spyOn(fs, 'opendirSync'), jest.spyOn(fs, 'readFileSync')];
  try {
    await inStore((store) => {
      expect(store.findAddresses(owner('new'))).toEqual([]);
      expect(store.findUntaken(4, first, first + 65_535n)).toBe(first + 60_000n);
      store.reserve(owner('new'), ['10.8.250.1']);
    });
    await inStore((store) => store.release(owner('c777')));
    await inStore((store) => store.release(owner('unknown')));
    expect(listings).not.toHaveBeenCalled();
    expect(reads.mock.calls.length).toBeLessThan(10);
  } finally {
    listings.mockRestore();
    reads.mockRestore();
  }
  expect(addresses()).toHaveLength(60_000);
  expect(fs.existsSync(join(folder, '10.8.3.9'))).toBe(false);
});
