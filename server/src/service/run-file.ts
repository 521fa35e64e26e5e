import type { Places } from './places.ts';
import { readPrivateJson, writePrivate } from './private-file.ts';

/** What a running service says of itself to programs of the same user. Whoever reads it may ask for tokens. */
export interface RunFile {
  readonly pid: number;
  readonly port: number;
  readonly version: string;
  readonly protocol: number;
  readonly startedAt: string;
  /** Random text of this start. */
  readonly secret: string;
}

export function readRunFile(places: Places): RunFile | null {
  const found = readPrivateJson(places.runFile) as Partial<RunFile> | null;
  const whole =
    isPort(found?.port) &&
    Number.isInteger(found.pid) &&
    typeof found.version === 'string' &&
    typeof found.protocol === 'number' &&
    typeof found.secret === 'string' &&
    found.secret.length >= 32;
  return whole ? (found as RunFile) : null;
}

/** The port of the last service here, kept for the next: sign-ins of other programs are filed under the address. */
export function lastPort(places: Places): number {
  const found = readPrivateJson(places.runFile) as Partial<RunFile> | null;
  return isPort(found?.port) ? found.port : 0;
}

export function writeRunFile(places: Places, file: RunFile): void {
  writePrivate(places.runFile, `${JSON.stringify(file)}\n`);
}

/** Leaves the port alone, and leaves a successor's file alone. */
export function retireRunFile(places: Places, secret: string): void {
  const found = readRunFile(places);
  if (found?.secret === secret) writePrivate(places.runFile, `${JSON.stringify({ port: found.port })}\n`);
}

function isPort(port: unknown): port is number {
  return typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
}
