import { toSecretsError } from '@datalayer-secrets/shared';
import { causeOf, openLog } from './log.ts';
import type { Places } from './places.ts';

/** Exit code of a service that found the lock taken (EX_TEMPFAIL). */
export const LOCK_HELD = 75;
/** Exit code after a mistake of our own (EX_SOFTWARE). */
const CRASHED = 70;

/**
 * What holds for the whole process of a service. Files it makes are the owner's alone. Nothing prints: libraries write
 * errors with their text to the console, and a text may hold anything. And a mistake of our own ends the process, since
 * nobody knows in which state it is then, with a line in the log.
 */
export function guardProcess(places: Places): void {
  process.umask(0o077);
  const silent = () => undefined;
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) console[method] = silent;
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      openLog(places.logFolder, Date.now)('crashed', { pid: process.pid, ...causeOf(error) });
      process.exit(CRASHED);
    });
  }
}

/** A service that nobody sees says in the log why it did not start. */
export function logFailedStart(places: Places, error: unknown): void {
  const code = toSecretsError(error).kind;
  openLog(places.logFolder, Date.now)('not started', { pid: process.pid, code, ...causeOf(error) });
}
