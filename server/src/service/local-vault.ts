import {
  SecretsError,
  type KeychainState,
  type SecretValue,
  type SlotKind,
  type VaultInfo,
} from '@datalayer-secrets/shared';
import type { Keychain } from '../keys/keychain.ts';
import type { Principal, Vault } from '../vault/types.ts';
import { isQuiet, type Interpreters } from './interpreters.ts';
import type { Places } from './places.ts';
import { RefusedReads, type RefusedRead } from './refused-reads.ts';
import { hasVault, lookAtVault } from './vault-look.ts';
import { WrongPassphrases } from './wrong-passphrases.ts';

export interface SlotRequest {
  readonly passphrase?: SecretValue;
  /** Absolute path; absent: `vault.key` in the service's folder. */
  readonly keyFile?: string;
  /** Ends a prompt that nobody waits for any more. */
  readonly signal?: AbortSignal;
}

export interface LocalVaultParts {
  readonly places: Places;
  readonly keychain: Keychain;
  readonly interpreters: Interpreters;
  readonly now: () => number;
}

/**
 * The vault of this machine's user and its states: `new` until set-up, then `locked` or `open`. Nothing opens by
 * itself, and set-up, unlock and lock run one after the other: two first clicks make one vault.
 */
export class LocalVault {
  readonly #parts: LocalVaultParts;
  readonly #listeners = new Set<() => void>();
  readonly #wrong: WrongPassphrases;
  #open: { vault: Vault; key: Buffer; openedBy: SlotKind; refused: RefusedReads } | null = null;
  #revision = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: LocalVaultParts) {
    this.#parts = parts;
    this.#wrong = new WrongPassphrases(parts.places.wrongPassphrases);
  }

  get state(): 'new' | 'locked' | 'open' {
    if (this.#open !== null) return 'open';
    return hasVault(this.#parts.places) ? 'locked' : 'new';
  }

  get slots(): readonly SlotKind[] {
    return lookAtVault(this.#parts.places).slots;
  }

  /** Why no key opens the vault, or will open it again once it is locked; null: the files are there and can be read. */
  get fault(): SecretsError | null {
    return lookAtVault(this.#parts.places).fault;
  }

  get openedBy(): SlotKind | null {
    return this.#open?.openedBy ?? null;
  }

  /** The next unlock by this interpreter is expected to ask nobody anything. */
  get quietUnlock(): boolean {
    return isQuiet(this.slots, this.#parts.interpreters);
  }

  /** Ending now would cost the user an unlock that a program cannot do alone. */
  get wouldNeedUnlock(): boolean {
    return this.#open !== null && (this.#open.openedBy === 'passphrase' || !this.quietUnlock);
  }

  get current(): Vault | null {
    return this.#open?.vault ?? null;
  }

  /** @throws SecretsError `setup_needed`, `locked`, or why no key opens it */
  vault(): Vault {
    if (this.#open !== null) return this.#open.vault;
    if (this.state === 'new') throw new SecretsError('setup_needed', 'The local vault is not set up yet.');
    throw this.fault ?? new SecretsError('locked', 'The local vault is locked.');
  }

  info(): VaultInfo {
    const { state } = this;
    const fault = state === 'locked' ? this.fault : null;
    const damaged = this.#open?.vault.damaged().length ?? 0;
    return {
      id: 'local',
      kind: 'local',
      label: 'Local vault',
      origin: null,
      state: fault === null ? state : 'failed',
      account: null,
      tokenPlace: null,
      failure: fault?.kind ?? null,
      ...(damaged > 0 && { damaged }),
      revision: this.#revision,
    };
  }

  keychain(): Promise<KeychainState> {
    return this.#parts.keychain.state();
  }

  /** Makes the vault key, its first slot and the vault. @throws SecretsError `already_set_up` and those of the slot */
  setup(by: Principal, slot: SlotKind, request: SlotRequest): Promise<void> {
    return this.#inTurn(async () => {
      if (this.state !== 'new')
        throw this.fault ?? new SecretsError('already_set_up', 'The local vault is set up already.');
      const { createVaultKey } = await import('../keys/slots.ts');
      const { stageVault } = await import('../vault/open.ts');
      const { home, vaultDb: file } = this.#parts.places;
      const start = this.#parts.now();
      const { id, key } = await createVaultKey({
        home,
        slot,
        ...request,
        keychain: this.#parts.keychain,
        stage: (id, key) => stageVault({ file, id, key }),
      });
      // The keychain was written and read back: the same program reading it again will be no surprise to it.
      if (slot === 'keychain') this.#parts.interpreters.note(this.#parts.now() - start);
      await this.#opened(id, key, slot);
      await this.current?.record(by, { action: 'setup', outcome: 'ok', detail: slot });
    });
  }

  /**
   * Opens the vault by the named slot or whichever exists; an open vault stays as it is. `interactive` says that a
   * prompt may appear; without it, only a keychain that is known to stay quiet is asked.
   */
  unlock(by: Principal, slot: SlotKind | undefined, interactive: boolean, request: SlotRequest): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#open !== null) return;
      // Before anybody is asked for a passphrase in vain.
      if (this.state === 'new' || this.fault !== null) this.vault();
      const { openVaultKey } = await import('../keys/slots.ts');
      const { places, keychain, interpreters } = this.#parts;
      if (!interactive && !this.quietUnlock) throw new SecretsError('locked', 'Unlocking needs a click.');
      try {
        const way = { home: places.home, ...(slot && { slot }), ...request, keychain, interactive };
        const { id, key, openedBy, ms } = await openVaultKey(way);
        if (openedBy === 'keychain') interpreters.note(ms);
        await this.#opened(id, key, openedBy);
      } catch (error) {
        if (error instanceof SecretsError && error.kind.startsWith('keychain_')) interpreters.note(null);
        if (error instanceof SecretsError && error.kind === 'wrong_passphrase') this.#wrong.add(by, this.#instant());
        throw error;
      }
      await this.#recordWrong();
      await this.current?.record(by, { action: 'unlock', outcome: 'ok', detail: this.openedBy ?? '' });
    });
  }

  /**
   * Nothing but a click opens it from then on, in any window and after a restart. Locks also where that cannot be recorded,
   * and says so then. @throws SecretsError `audit_unavailable`, `disk_full`
   */
  lock(by: Principal): Promise<void> {
    return this.#inTurn(async () => {
      try {
        this.#open?.refused.flush();
        await this.#open?.vault.record(by, { action: 'lock', outcome: 'ok' });
      } finally {
        await this.#close();
        if (this.state !== 'new') this.#parts.interpreters.locked = true;
      }
    });
  }

  /** Notes in the audit trail, where that is open, that somebody asked for a value who may not. */
  refuseRead(by: Principal, read: RefusedRead): void {
    this.#open?.refused.add(by, read);
  }

  /** Adds the passphrase slot, or gives it another passphrase. */
  setPassphrase(passphrase: SecretValue): Promise<void> {
    return this.#inTurn(async () => {
      this.vault();
      const { addPassphrase } = await import('../keys/slots.ts');
      if (this.#open !== null) await addPassphrase({ home: this.#parts.places.home, key: this.#open.key, passphrase });
      this.#changed();
    });
  }

  /** At the end of the service: what is queued is finished, keys are wiped. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  /** Calls back when the vault changed state or content. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #opened(id: string, key: Buffer, openedBy: SlotKind): Promise<void> {
    const { openVault } = await import('../vault/open.ts');
    const { places, now } = this.#parts;
    const vault = await openVault({ file: places.vaultDb, id, key, now }).catch((error: unknown) => {
      key.fill(0);
      throw error;
    });
    vault.onChange(() => this.#changed());
    // Kept while the vault is open: a further slot wraps it again.
    this.#open = { vault, key, openedBy, refused: new RefusedReads(vault, now) };
    this.#parts.interpreters.locked = false;
    this.#changed();
  }

  /** One event for all that failed since the vault was last open. */
  async #recordWrong(): Promise<void> {
    const { tally } = this.#wrong;
    if (tally === null) return;
    const { count, first, last, by } = tally;
    const detail = `wrong_passphrase ${count === 1 ? `once at ${last}` : `${count} times from ${first} to ${last}`}`;
    await this.current?.record(by, { action: 'unlock', outcome: 'refused', detail });
    this.#wrong.clear();
  }

  async #close(): Promise<void> {
    if (this.#open === null) return;
    const { vault, key, refused } = this.#open;
    this.#open = null;
    refused.flush();
    key.fill(0);
    await vault.close();
    this.#changed();
  }

  #instant(): string {
    return new Date(this.#parts.now()).toISOString();
  }

  #changed(): void {
    this.#revision++;
    for (const listener of this.#listeners) listener();
  }

  /** A failed turn must not stop the next one. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
