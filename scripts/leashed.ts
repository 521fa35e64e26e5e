import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const leash = path.join(import.meta.dirname, 'leash.ts');

/** A server that ends with us, and everything it started with it. */
export interface Leashed {
  readonly process: ChildProcess;
  /** What it printed so far. */
  output(): string;
  /** Lets go of the leash, which ends the whole group. */
  stop(): Promise<void>;
}

export function startLeashed(command: readonly string[], options: { cwd?: string; env: NodeJS.ProcessEnv }): Leashed {
  const server = spawn(process.execPath, [leash, ...command], {
    ...options,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-200_000)));
  }
  return {
    process: server,
    output: () => output,
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.stdin.end();
      await ended;
    },
  };
}

/** Asks again and again until there is an answer. @throws when the server ended, or after `ms` milliseconds; with what it printed */
export async function answerOf<T>(
  server: Leashed,
  what: string,
  ask: () => T | null | Promise<T | null>,
  ms: number,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await ask();
    if (found !== null) return found;
    if (server.process.exitCode !== null || server.process.signalCode !== null)
      throw new Error(`${what} did not start:\n${server.output()}`);
    if (Date.now() > deadline) throw new Error(`${what} did not listen within ${ms / 1000} s:\n${server.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
