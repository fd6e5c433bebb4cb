import { bridgeAdd } from './bridge-add';
import { bridgeDel } from './bridge-del';
import { bridgeLs } from './bridge-ls';
import { defineCommandGroup } from './command';

export const bridge = defineCommandGroup('bridge', 'Set up a bridge by hand, and plug containers into it', [
  bridgeAdd,
  bridgeDel,
  bridgeLs,
]);
