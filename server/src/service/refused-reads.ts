import type { Principal, Vault } from '../vault/types.ts';

/** Which value somebody asked for who may not; `uid` absent: all of them, or no uid at all. */
export interface RefusedRead {
  /** Id of a remote vault; absent: the local one. */
  readonly remote?: string;
  readonly uid?: string;
}

/** The shortest time between two events of one token. Chosen arbitrarily. */
const EVERY_MS = 60_000;

/**
 * Attempts to read a value with a token that may not, in the audit trail of the open vault. The first one of each token is an
 * event at once. What comes within a minute of it is counted, and the count is an event with the next attempt after that minute or
 * when the vault is closed: so nobody fills the trail, or hides in it, by asking often.
 */
export class RefusedReads {
  readonly #vault: Vault;
  readonly #now: () => number;
  /** At most one entry per token that was refused. */
  readonly #seen = new Map<Principal, { at: number; more: number }>();

  constructor(vault: Vault, now: () => number) {
    this.#vault = vault;
    this.#now = now;
  }

  /** Nobody waits for this: refusing takes no longer, and happens, also where the trail cannot be written. */
  add(by: Principal, { remote, uid }: RefusedRead): void {
    const now = this.#now();
    const seen = this.#seen.get(by);
    if (seen !== undefined && now - seen.at < EVERY_MS) {
      seen.more++;
      return;
    }
    this.#tellMore(by);
    this.#seen.set(by, { at: now, more: 0 });
    const action = remote === undefined ? 'reveal' : 'remote_reveal';
    this.#record(by, action, remote === undefined ? 'forbidden' : `${remote} forbidden`, uid);
  }

  /** Before the vault is closed: what was only counted. */
  flush(): void {
    for (const by of this.#seen.keys()) this.#tellMore(by);
    this.#seen.clear();
  }

  #tellMore(by: Principal): void {
    const { at, more } = this.#seen.get(by) ?? { at: 0, more: 0 };
    if (more === 0) return;
    const since = new Date(at).toISOString();
    this.#record(by, 'reveal', `forbidden ${more === 1 ? 'once' : `${more} times`} more since ${since}`);
  }

  #record(by: Principal, action: 'reveal' | 'remote_reveal', detail: string, uid?: string): void {
    const event = { action, outcome: 'refused' as const, detail, ...(uid !== undefined && { uid }) };
    // The log has each of these requests as well; nothing was read that an event could be missing for.
    this.#vault.record(by, event).catch(() => undefined);
  }
}
