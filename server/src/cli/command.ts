import type { ParseArgsOptionsConfig } from 'node:util';
import type { Places } from '../service/places.ts';

/** A command of the command line. `help` is printed for `--help`, without the usage line above it. */
export interface Command {
  /** What follows the command's name. */
  readonly usage: string;
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** How many words may follow. */
  readonly words: readonly [least: number, most: number];
  /** Said when there are more; it must not repeat them: one may be a value. */
  readonly tooMany?: string;
  run(call: Call): Promise<number | undefined>;
}

export interface Call {
  readonly words: readonly string[];
  readonly json: boolean;
  readonly places: Places;
  readonly program: readonly [interpreter: string, file: string];
  readonly environment: NodeJS.ProcessEnv;
  text(option: string): string | undefined;
  flag(option: string): boolean;
}

/** Something is wrong with how the command was called: exit code 2. Never made from the caller's words. */
export class UsageError extends Error {}
