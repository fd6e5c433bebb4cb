import type { ProcessOutcome, ProcessSpec } from '../process';
import { execPlugin, execPluginAdd, type PluginCall, type PluginRunner } from './exec-plugin';

const call: PluginCall = {
  command: 'ADD',
  type: 'true',
  config: { name: 'n' },
  variables: { containerId: 'c', netns: '/run/netns/c', ifName: 'eth0', cniArgs: 'A=1;B=2' },
};

/** A runner that answers with the outcomes in turn, and notes what it was asked to start. */
function runner(...answers: (Partial<ProcessOutcome> | Error)[]) {
  const started: ProcessSpec[] = [];
  const stderr: string[] = [];
  const value: PluginRunner = {
    path: ['/nonexistent', '/bin'],
    env: { INHERITED: '1', CNI_COMMAND: 'stale' },
    retryDelay: 0,
    forwardStderr: (text) => stderr.push(text),
    runProcess: async (spec) => {
      started.push(spec);
      const answer = answers.shift()!;
      if ('message' in answer) throw answer;
      return { exitCode: 0, stdout: '', stderr: '', ...answer };
    },
  };
  return { value, started, stderr };
}

test('gives the plugin its variables, the inherited ones and the configuration', async () => {
  const { value, started } = runner({ stdout: 'out' });
  await expect(execPlugin(value, call)).resolves.toBe('out');
  expect(started[0]).toEqual({
    file: '/bin/true',
    stdin: Buffer.from('{"name":"n"}'),
    env: {
      INHERITED: '1',
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: 'c',
      CNI_NETNS: '/run/netns/c',
      CNI_IFNAME: 'eth0',
      CNI_ARGS: 'A=1;B=2',
      CNI_PATH: '/nonexistent:/bin',
    },
  });
});

test('passes on the plugin’s own error, saying whose it is, and its stderr', async () => {
  const { value, stderr } = runner({
    exitCode: 1,
    stdout: '{"code":11,"msg":"try later","details":"dd"}',
    stderr: 'log',
  });
  await expect(execPlugin(value, call)).rejects.toMatchObject({
    code: 11,
    message: 'run ADD of plugin "true": try later',
    details: 'dd',
  });
  expect(stderr).toEqual(['log']);
});

test.each([
  [{ exitCode: 1, stderr: 'boom' }, /netplugin failed with no error message: "boom"/],
  [{ exitCode: 1, stdout: 'junk' }, /netplugin failed but error parsing its diagnostic message "junk"/],
  [{ exitCode: undefined }, /netplugin failed with no error message/],
])('a failure that says nothing readable: %j', async (outcome, message) => {
  await expect(execPlugin(runner(outcome).value, call)).rejects.toThrow(message);
});

const busy = () => Object.assign(new Error('busy'), { code: 'ETXTBSY' });

test('tries again while the executable is being written, not for ever', async () => {
  const once = runner(busy(), { stdout: '{}' });
  await expect(execPlugin(once.value, call)).resolves.toBe('{}');
  const always = runner(...Array.from({ length: 10 }, busy));
  await expect(execPlugin(always.value, call)).rejects.toThrow('busy');
  expect(always.started).toHaveLength(6);
});

test('does not try again after other failures to start', async () => {
  const { value, started } = runner(Object.assign(new Error('no'), { code: 'EACCES' }));
  await expect(execPlugin(value, call)).rejects.toThrow('no');
  expect(started).toHaveLength(1);
});

test('names the plugin that is not installed, and where it was looked for', async () => {
  await expect(execPlugin(runner().value, { ...call, type: 'absent' })).rejects.toMatchObject({
    code: 7,
    message: expect.stringMatching(/"absent" in path \[\/nonexistent \/bin\]/),
  });
});

test.each(['', 'junk', 'null', '[]', '1'])('ADD must print a result: %j', async (stdout) => {
  await expect(execPluginAdd(runner({ stdout }).value, call)).rejects.toMatchObject({ code: 6 });
});
