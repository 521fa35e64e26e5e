import { type ChildProcess } from 'node:child_process';
/** A server that ends with us, and everything it started with it. */
export interface Leashed {
  readonly process: ChildProcess;
  /** What it printed so far. */
  output(): string;
  /** Lets go of the leash, which ends the whole group. */
  stop(): Promise<void>;
}
export declare function startLeashed(
  command: readonly string[],
  options: {
    cwd?: string;
    env: NodeJS.ProcessEnv;
  },
): Leashed;
/** Asks again and again until there is an answer. @throws when the server ended, or after `ms` milliseconds; with what it printed */
export declare function answerOf<T>(
  server: Leashed,
  what: string,
  ask: () => T | null | Promise<T | null>,
  ms: number,
): Promise<T>;
