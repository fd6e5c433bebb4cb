/** Every case, in the order of the report. */
import type { Case } from '../model';
import { agentCost } from './agent-cost';
import { bridge } from './bridge';
import { dataPath } from './data-path';
import { hostLocal } from './host-local';
import { oneMore } from './one-more';
import { parallel } from './parallel';
import { portmap } from './portmap';
import { publish } from './publish';
import { start } from './start';

export const cases: Case[] = [
  start,
  bridge,
  portmap,
  parallel,
  oneMore,
  hostLocal,
  publish,
  dataPath,
  agentCost,
];
