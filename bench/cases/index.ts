/** Every case, in the order of the report. */
import type { Case } from '../model';
import { bridge } from './bridge';
import { portmap } from './portmap';
import { start } from './start';

export const cases: Case[] = [start, bridge, portmap];
