/** Every command of `tsnet`, in the order that help shows them: one import and one entry each. */

import { agent } from './agent/group';
import { bridge } from './bridge/group';
import type { Command } from './command';
import { exec } from './exec';
import { images } from './images';
import { importRootfs } from './import';
import { inspect } from './inspect';
import { install } from './install';
import { kill } from './kill';
import { logs } from './logs';
import { attach } from './network/attach';
import { check } from './network/check';
import { detach } from './network/detach';
import { network } from './network/group';
import { ps } from './ps';
import { restart } from './restart';
import { rm } from './rm';
import { run } from './run';
import { start } from './start';
import { stop } from './stop';
import { uninstall } from './uninstall';

export const commands: readonly Command[] = [
  run,
  exec,
  ps,
  logs,
  inspect,
  stop,
  kill,
  start,
  restart,
  rm,
  images,
  importRootfs,
  attach,
  detach,
  check,
  network,
  bridge,
  install,
  uninstall,
  agent,
];
