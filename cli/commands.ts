/** Every command of `tsnet`, in the order that help shows them: one import and one entry each. */
import { attach } from './attach';
import { bridge } from './bridge';
import { check } from './check';
import type { Command } from './command';
import { detach } from './detach';
import { network } from './network';

export const commands: readonly Command[] = [attach, detach, check, network, bridge];
