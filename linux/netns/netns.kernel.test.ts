import {
  existsSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { enterPrivateHost } from '../private-host';
import { openRtnl } from '../rtnl/open';
import { readSysctl, writeSysctl } from '../sysctl/sysctl';
import { createNetns, Netns, removeNetns } from './netns';

beforeAll(() => enterPrivateHost());

const path = '/run/netns/test';
afterEach(() => removeNetns(path));

function ownNamespace(): string {
  return readlinkSync('/proc/thread-self/ns/net');
}

const openFiles = () => readdirSync('/proc/self/fd').length;

describe.each(['', '1'])('making and removing, TSNET_NO_FFI=%j', (noFfi) => {
  beforeEach(() => {
    process.env.TSNET_NO_FFI = noFfi;
  });
  afterEach(() => {
    delete process.env.TSNET_NO_FFI;
  });

  test('a created namespace is a new one, pinned under its path', () => {
    using created = createNetns(path);
    using opened = Netns.open(path);
    using home = Netns.current();
    expect(created.equals(opened)).toBe(true);
    expect(created.equals(home)).toBe(false);
    expect(created.path).toBe(path);
    expect(created.identity.split(':')[1]).toBe(String(statSync(path).ino));
  });

  test('it is open or nothing: a taken path is EEXIST, and no descriptor leaks', () => {
    createNetns(path).close();
    const before = openFiles();
    expect(() => createNetns(path)).toThrow(
      expect.objectContaining({ name: 'SyscallError', code: 'EEXIST' }),
    );
    expect(openFiles()).toBe(before);
    using kept = Netns.open(path);
    using home = Netns.current();
    expect(kept.equals(home)).toBe(false);
  });

  test('a symbolic link in the place of the new file is not followed', () => {
    symlinkSync('/run/elsewhere', '/run/netns/link');
    expect(() => createNetns('/run/netns/link')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(existsSync('/run/elsewhere')).toBe(false);
    unlinkSync('/run/netns/link');
  });

  test('removing unpins it; absent is fine', () => {
    createNetns(path).close();
    removeNetns(path);
    expect(existsSync(path)).toBe(false);
    removeNetns(path);
  });

  test('a file that is left without its mount can be removed', () => {
    writeFileSync(path, '');
    removeNetns(path);
    expect(existsSync(path)).toBe(false);
  });

  test('the caller stays where it was, and nothing is left when the namespace cannot be pinned', () => {
    const home = ownNamespace();
    expect(() => createNetns('/proc/self/netns')).toThrow(expect.objectContaining({ name: 'SyscallError' }));
    createNetns(path).close();
    expect(ownNamespace()).toBe(home);
  });
});

test('a created namespace can be entered', () => {
  using created = createNetns(path);
  expect(created.run(ownNamespace)).toBe(`net:[${statSync(path).ino}]`);
});

test('what is no namespace is refused', () => {
  writeFileSync('/run/file', '');
  const refusal = 'open netns "/run/file": not a network namespace';
  expect(() => Netns.open('/run/file')).toThrow(refusal);
  expect(() => Netns.open('/run/file')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  expect(() => Netns.open('/run')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  expect(() => Netns.open('/run/nosuch')).toThrow(
    expect.objectContaining({ name: 'SyscallError', code: 'ENOENT' }),
  );
});

test.each(['ns/uts', 'ns/mnt', 'stat', 'ns', ''])('/proc/thread-self/%s is no network namespace', (name) => {
  const before = openFiles();
  expect(() => Netns.open(`/proc/thread-self/${name}`)).toThrow('not a network namespace');
  expect(openFiles()).toBe(before);
});

test('run gives the result, and comes home when the action throws', () => {
  using netns = createNetns(path);
  const home = ownNamespace();
  const before = openFiles();
  expect(netns.run(() => 42)).toBe(42);
  expect(() =>
    netns.run(() => {
      throw new Error('inside');
    }),
  ).toThrow('inside');
  expect(ownNamespace()).toBe(home);
  expect(openFiles()).toBe(before);
});

test('runs nest', () => {
  using outer = createNetns(path);
  using inner = createNetns('/run/netns/inner');
  const seen = outer.run(() => [ownNamespace(), inner.run(ownNamespace), ownNamespace()] as const);
  expect(seen[0]).toBe(seen[2]);
  expect(seen[1]).not.toBe(seen[0]);
});

/** The namespaces of all threads of this process. */
function namespacesOfThreads(): Set<string> {
  const threads = readdirSync('/proc/self/task');
  return new Set(threads.map((thread) => readlinkSync(`/proc/self/task/${thread}/ns/net`)));
}

test('after 500 mixed runs every thread is where it was', async () => {
  using netns = createNetns(path);
  // The pool keeps the namespace that its threads are born in: make them all before.
  await Promise.all(Array.from({ length: 16 }, () => stat('/')));
  const [home, before] = [ownNamespace(), namespacesOfThreads()];
  const actions = [
    () => networkInterfaces(),
    () => openRtnl()[Symbol.dispose](),
    () => writeSysctl(['net', 'ipv4', 'ip_forward'], readSysctl(['net', 'ipv4', 'ip_forward'])),
    () => {
      throw new Error('on purpose');
    },
  ];
  const pending: Promise<unknown>[] = [];
  for (let round = 0; round < 500; round += 1) {
    if (round % 10 === 0) pending.push(stat('/'));
    try {
      netns.run(() => void actions[round % actions.length]!());
    } catch (error) {
      expect((error as Error).message).toBe('on purpose');
    }
  }
  await Promise.all(pending);
  expect(ownNamespace()).toBe(home);
  expect(namespacesOfThreads()).toEqual(before);
  expect([...before]).not.toContain(netns.run(ownNamespace));
});
