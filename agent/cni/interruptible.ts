/** An ADD that its client left: undone completely before the agent forgets it. */
import type { AddCall, Plugin } from '../../cni/plugin';

/** A plugin, and whatever of its ADDs may still go on. */
export interface WatchedPlugin {
  plugin: Plugin;
  /** To be called when the call is answered. Resolves when no ADD goes on and all of a failed one is undone. */
  settle(): Promise<void>;
}

/**
 * An interrupted ADD is answered at once, while its work goes on until it next registers an undo. An executable ends then
 * and takes that work with it; in the agent it has to be waited for, and its last undo to be run.
 */
export function watchAdds(plugin: Plugin): WatchedPlugin {
  const settlements: (() => Promise<void>)[] = [];
  const add = (call: AddCall<unknown>) => {
    const work = (async () => plugin.add(call))();
    const failed = work.then(
      () => false,
      () => true,
    );
    settlements.push(async () => {
      if (await failed) await call.rollback.run();
    });
    return work;
  };
  return {
    plugin: { ...plugin, add },
    settle: async () => {
      for (const settle of settlements) await settle();
    },
  };
}
