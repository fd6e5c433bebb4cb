/** Every case, in the order of the report. */
import type { Case } from '../model';
import { bridge } from './bridge';
import { hostLocal } from './host-local';
import { oneMore } from './one-more';
import { parallel } from './parallel';
import { portmap } from './portmap';
import { publish } from './publish';
import { start } from './start';

export const cases: Case[] = [start, bridge, portmap, parallel, oneMore, hostLocal, publish];
