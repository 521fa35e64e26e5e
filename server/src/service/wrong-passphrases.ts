import { rmSync } from 'node:fs';
import type { Principal } from '../vault/types.ts';
import { readPrivateJson, writePrivate } from './private-file.ts';

/** Since the vault was last opened: how often, when first and last (ISO 8601 in UTC), and who the last one said to be. */
export interface Tally {
  readonly count: number;
  readonly first: string;
  readonly last: string;
  readonly by: Principal;
}

const SCOPES: readonly string[] = ['page', 'kernel', 'full'];

/**
 * Wrong passphrases, until the audit trail can take them: it is sealed while the vault is locked. Kept in a file, since the
 * service ends some minutes after the last guess. Whoever can write that file can guess without us, so it proves nothing.
 */
export class WrongPassphrases {
  readonly #path: string;
  #tally: Tally | null;

  constructor(path: string) {
    this.#path = path;
    this.#tally = read(path);
  }

  get tally(): Tally | null {
    return this.#tally;
  }

  add({ label, scope }: Principal, at: string): void {
    const { count, first } = this.#tally ?? { count: 0, first: at };
    this.#tally = { count: count + 1, first, last: at, by: { label, scope } };
    try {
      writePrivate(this.#path, `${JSON.stringify(this.#tally)}\n`);
    } catch {
      // on a full disk the count lasts as long as this service
    }
  }

  /** They are in the audit trail now. */
  clear(): void {
    this.#tally = null;
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // then they are recorded once more by the next service
    }
  }
}

/** Null where there is nothing, or nothing that we wrote. */
function read(path: string): Tally | null {
  let found: unknown;
  try {
    found = readPrivateJson(path);
  } catch {
    return null;
  }
  const { count, first, last, by } = fields(found);
  const { label, scope } = fields(by);
  const whole =
    typeof count === 'number' &&
    Number.isSafeInteger(count) &&
    count > 0 &&
    isTime(first) &&
    isTime(last) &&
    typeof label === 'string' &&
    /^[^\p{Cc}]{1,200}$/u.test(label) &&
    typeof scope === 'string' &&
    SCOPES.includes(scope);
  return whole ? { count, first, last, by: { label, scope: scope as Principal['scope'] } } : null;
}

function isTime(text: unknown): text is string {
  return typeof text === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
}

function fields(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value : {};
}
