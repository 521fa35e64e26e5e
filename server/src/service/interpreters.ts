import type { SlotKind } from '@datalayer-secrets/shared';
import { readPrivateJson, writePrivate } from './private-file.ts';

/** A keychain that answers faster than this asked nobody anything. */
const QUIET_MS = 1_000;

/**
 * Per interpreter that ran the service: did the last keychain unlock need a prompt? Keychains decide by program, so
 * what holds for one editor's Node says nothing about another's.
 */
export class Interpreters {
  readonly #path: string;
  readonly #mine: string;

  constructor(path: string, mine: string = process.execPath) {
    this.#path = path;
    this.#mine = mine;
  }

  get quiet(): boolean {
    const ms = this.#read()[this.#mine];
    return typeof ms === 'number' && ms < QUIET_MS;
  }

  /** Notes how long the keychain took, in milliseconds; null when it refused. */
  note(ms: number | null): void {
    const all = { ...this.#read(), [this.#mine]: ms === null ? null : Math.round(ms) };
    writePrivate(this.#path, `${JSON.stringify(all)}\n`);
  }

  #read(): Record<string, unknown> {
    const found = readPrivateJson(this.#path);
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : {};
  }
}

/** A key file asks nobody; a keychain is believed to do again what it did last time. */
export function isQuiet(slots: readonly SlotKind[], interpreters: Interpreters): boolean {
  return slots.includes('file') || (slots.includes('keychain') && interpreters.quiet);
}
