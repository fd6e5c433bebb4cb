/** Every command of `tsnet`, in the order that help shows them: one import and one entry each. */
import type { Command } from './command';

export const commands: readonly Command[] = [];
