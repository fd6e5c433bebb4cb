import { defineCommandGroup } from '../command';
import { networkGc } from './gc';
import { networkInspect } from './inspect';
import { networkLs } from './ls';
import { networkStatus } from './status';

export const network = defineCommandGroup('network', 'Configured networks and their attachments', [
  networkLs,
  networkInspect,
  networkStatus,
  networkGc,
]);
