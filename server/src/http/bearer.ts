import { SecretsError } from '@datalayer-secrets/shared';
import type { Tokens } from '../service/tokens.ts';
import type { Principal } from '../vault/types.ts';

const BURST = 20;
const PER_SECOND = 1;

/** Slows down guessing. Only failures count, so no amount of them keeps a good token out. */
export class Failures {
  readonly #now: () => number;
  #left = BURST;
  #at: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#at = now();
  }

  /** The error to throw for one more failure: `unauthenticated`, or `rate_limited` with the seconds to wait. */
  next(): SecretsError {
    const now = this.#now();
    this.#left = Math.min(BURST, this.#left + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
    if (this.#left < 1) return new SecretsError('rate_limited', 'Too many failed requests.', { seconds: 1 });
    this.#left--;
    return new SecretsError('unauthenticated', 'The token is missing or not valid here.');
  }
}

/** The token of the Authorization header, the only place where one is looked for. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer ([\w.~+/=-]{1,5000})$/i.exec(header ?? '')?.[1] ?? null;
}

/** @throws SecretsError `unauthenticated`, `rate_limited` */
export function authenticate(header: string | undefined, tokens: Tokens, failures: Failures): Principal | 'starter' {
  const token = bearerOf(header);
  const found = token === null ? null : tokens.find(token);
  if (found === null) throw failures.next();
  return found;
}
