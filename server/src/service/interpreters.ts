import type { SlotKind } from '@datalayer-secrets/shared';
import { readPrivateJson, writePrivate } from './private-file.ts';

/** A keychain that answers faster than this asked nobody anything. */
const QUIET_MS = 1_000;
/** Beside the interpreters, which are absolute paths. */
const LOCKED = 'locked by the user';

/**
 * Per interpreter that ran the service: did the last keychain unlock need a prompt? Keychains decide by program, so
 * what holds for one editor's Node says nothing about another's. And for all of them: did the user lock the vault?
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
    this.#write(all);
  }

  /** Who locks wants it locked, also after the service has ended: until a click opens it again. */
  get locked(): boolean {
    return this.#read()[LOCKED] === true;
  }

  set locked(locked: boolean) {
    const { [LOCKED]: before, ...others } = this.#read();
    if ((before === true) !== locked) this.#write(locked ? { ...others, [LOCKED]: true } : others);
  }

  #write(all: Record<string, unknown>): void {
    writePrivate(this.#path, `${JSON.stringify(all)}\n`);
  }

  #read(): Record<string, unknown> {
    const found = readPrivateJson(this.#path);
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : {};
  }
}

/** A key file asks nobody; a keychain is believed to do again what it did last time. Neither after the user has locked. */
export function isQuiet(slots: readonly SlotKind[], interpreters: Interpreters): boolean {
  if (interpreters.locked) return false;
  return slots.includes('file') || (slots.includes('keychain') && interpreters.quiet);
}
