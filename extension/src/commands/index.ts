import type { Command } from './command.ts';

/** Every command there is; `package.json` declares the same. */
export const COMMANDS: readonly Command[] = [];
