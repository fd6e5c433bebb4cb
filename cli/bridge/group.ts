import { defineCommandGroup } from '../command';
import { bridgeAdd } from './add';
import { bridgeDel } from './del';
import { bridgeLs } from './ls';

export const bridge = defineCommandGroup('bridge', 'Set up a bridge by hand, and plug containers into it', [
  bridgeAdd,
  bridgeDel,
  bridgeLs,
]);
