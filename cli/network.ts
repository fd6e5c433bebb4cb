import { defineCommandGroup } from './command';
import { networkGc } from './network-gc';
import { networkInspect } from './network-inspect';
import { networkLs } from './network-ls';
import { networkStatus } from './network-status';

export const network = defineCommandGroup('network', 'Configured networks and their attachments', [
  networkLs,
  networkInspect,
  networkStatus,
  networkGc,
]);
