import * as v from 'valibot';
import { dispatch } from '../../cni/dispatch';
import { definePlugin } from '../../cni/plugin';
import { watchAdds } from './interruptible';

const env = {
  CNI_COMMAND: 'ADD',
  CNI_CONTAINERID: 'c1',
  CNI_NETNS: '/none',
  CNI_IFNAME: 'eth0',
  CNI_PATH: '/none',
};
const stdin = Buffer.from('{"cniVersion":"1.1.0","name":"net"}');
const platform = {
  builtinIpam: {},
  isOwnNetns: () => false,
  runProcess: () => Promise.reject(new Error('nothing is started here')),
};

/** An ADD that makes one thing, waits for `gate`, and makes another. */
function slowPlugin(made: Set<string>, gate: Promise<void>) {
  const nothing = () => {};
  return definePlugin({
    type: 'slow',
    about: 'test',
    conf: v.looseObject({}),
    async add({ rollback }) {
      for (const thing of ['first', 'second']) {
        made.add(thing);
        rollback.defer(() => void made.delete(thing));
        await gate;
      }
      return {};
    },
    del: nothing,
    check: nothing,
    gc: nothing,
    status: nothing,
  });
}

test('what an interrupted ADD still makes after its answer is undone, too', async () => {
  const made = new Set<string>();
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { plugin, settle } = watchAdds(slowPlugin(made, gate) as never);
  const controller = new AbortController();
  const answered = dispatch({ env, stdin, signal: controller.signal }, plugin, platform);
  await new Promise(setImmediate);
  controller.abort('test');
  expect(JSON.parse((await answered).stdout)).toMatchObject({ code: 11 });
  expect([...made]).toEqual([]);
  open();
  await settle();
  expect([...made]).toEqual([]);
});

test('what a successful ADD made stays', async () => {
  const made = new Set<string>();
  const { plugin, settle } = watchAdds(slowPlugin(made, Promise.resolve()) as never);
  expect(await dispatch({ env, stdin }, plugin, platform)).toMatchObject({ exitCode: 0 });
  await settle();
  expect([...made]).toEqual(['first', 'second']);
});
