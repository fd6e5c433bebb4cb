import { readEnvironment } from './environment';

const complete = {
  CNI_COMMAND: 'ADD',
  CNI_CONTAINERID: 'c1',
  CNI_NETNS: '/run/netns/c1',
  CNI_IFNAME: 'eth0',
  CNI_PATH: '/a::/b',
};

test('a complete environment is read', () => {
  expect(readEnvironment({ ...complete, CNI_ARGS: 'A=b' })).toEqual({
    command: 'ADD',
    containerId: 'c1',
    netns: '/run/netns/c1',
    ifName: 'eth0',
    cniArgs: 'A=b',
    path: ['/a', '/b'],
  });
});

const required: Record<string, string[]> = {
  ADD: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH'],
  CHECK: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH'],
  DEL: ['CNI_CONTAINERID', 'CNI_IFNAME', 'CNI_PATH'],
  GC: ['CNI_PATH'],
  STATUS: ['CNI_PATH'],
  VERSION: [],
};
const variables = ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH'];

describe.each(Object.entries(required))('%s', (command, names) => {
  test.each(variables)('without %s', (name) => {
    for (const env of [
      { ...complete, CNI_COMMAND: command, [name]: '' },
      { ...complete, CNI_COMMAND: command, [name]: undefined },
    ]) {
      if (!names.includes(name)) readEnvironment(env);
      else
        expect(() => readEnvironment(env)).toThrow(
          expect.objectContaining({ code: 4, message: `required env variables [${name}] missing` }),
        );
    }
  });

  test('with nothing but the command', () => {
    if (names.length === 0) readEnvironment({ CNI_COMMAND: command });
    else
      expect(() => readEnvironment({ CNI_COMMAND: command })).toThrow(
        `required env variables [${names.join(',')}] missing`,
      );
  });
});

test.each([
  [{ ...complete, CNI_COMMAND: '' }, 'required env variables [CNI_COMMAND] missing'],
  [{ ...complete, CNI_COMMAND: 'FOO' }, 'unknown CNI_COMMAND: FOO'],
  [{ ...complete, CNI_COMMAND: 'add' }, 'unknown CNI_COMMAND: add'],
  [{ ...complete, CNI_CONTAINERID: '../x', CNI_PATH: '' }, 'invalid characters in containerID'],
  [
    { ...complete, CNI_IFNAME: 'a/b', CNI_PATH: '' },
    'interface name contains / or : or whitespace characters',
  ],
])('%j', (env, message) => {
  expect(() => readEnvironment(env)).toThrow(expect.objectContaining({ code: 4, message }));
});

test.each(['GC', 'STATUS', 'VERSION'])('%s does not look at the attachment', (command) => {
  readEnvironment({ ...complete, CNI_COMMAND: command, CNI_CONTAINERID: '../x', CNI_IFNAME: 'a/b' });
});
