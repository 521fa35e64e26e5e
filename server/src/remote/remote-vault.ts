import {
  failure,
  SecretsClient,
  SecretsError,
  toSecretsError,
  type Account,
  type ErrorKind,
  type Fetch,
  type SecretValue,
  type TokenPlace,
  type VaultInfo,
  type VaultState,
} from '@datalayer-secrets/shared';
import { UNASKED_MS, type CallOptions } from '../keys/keychain.ts';
import type { Vault } from '../vault/types.ts';
import { askCapabilities, type Capabilities } from './capabilities.ts';
import { clicked, type TokenPlaces } from './token-places.ts';
import type { VaultRecord } from './vaults-file.ts';

/** A keychain that answers within this asked nobody anything. */
export const QUIET_MS = 1_000;
const UNASKED: CallOptions = { timeoutMs: UNASKED_MS };
/** Trouble with the keychain that a person must end; until then it is not asked again. */
const NEEDS_CLICK: readonly ErrorKind[] = ['keychain_locked', 'keychain_denied', 'keychain_timeout'];

export interface RemoteVaultParts {
  readonly places: TokenPlaces;
  readonly fetch: Fetch;
  readonly local: () => Vault | null;
  readonly now: () => number;
  /** Reading from the keychain may bring up a prompt that nobody clicked for: macOS. Elsewhere it fails instead. */
  readonly mayPrompt: boolean;
  /** Path of the Node that runs this service: keychains decide by program. */
  readonly interpreter: string;
  /** Greater with each call, over all vaults: one that is signed in again never seems older. */
  readonly nextRevision: () => number;
  readonly changed: () => void;
  readonly save: () => void;
}

/** The place may also be `environment`, which is never written to a file. */
export type RemoteRecord = Omit<VaultRecord, 'tokenPlace'> & { tokenPlace: TokenPlace };

export interface Adopted {
  readonly token: SecretValue;
  readonly account: Account;
  readonly tokenPlace: TokenPlace;
  readonly remember: boolean;
  readonly quiet: boolean;
}

interface Trouble {
  readonly state: 'signed-out' | 'locked' | 'failed';
  readonly error: SecretsError;
}

/**
 * One remote vault: its token, and whose it is. The token is read from its place on first use, by one reader at a
 * time, and read again after the service refused it.
 */
export class RemoteVault {
  readonly record: RemoteRecord;
  /** Name by uid as last listed; for the audit trail only. */
  readonly names = new Map<string, string>();

  readonly #parts: RemoteVaultParts;
  #revision = 0;
  #token: SecretValue | null = null;
  #account: Account;
  #remember = false;
  #trouble: Trouble | null = null;
  #reading: Promise<SecretValue> | null = null;
  /** Counts sign-ins, locks and the end: what was begun before the last of them must not set a token after it. */
  #era = 0;
  #capabilities: Capabilities | null = null;

  constructor(record: RemoteRecord, parts: RemoteVaultParts) {
    this.record = record;
    this.#parts = parts;
    this.#account = { ...record.account, email: null };
  }

  get info(): VaultInfo {
    const { id, kind, label, origin, tokenPlace } = this.record;
    const failure = this.#trouble?.error.kind ?? null;
    return {
      id,
      kind,
      label,
      origin,
      state: this.state,
      account: this.#account,
      tokenPlace,
      failure,
      revision: this.#revision,
    };
  }

  get state(): VaultState {
    if (this.#trouble) return this.#trouble.state;
    const { tokenPlace, quiet } = this.record;
    if (tokenPlace === 'sealed' && !this.#parts.local()) return 'locked';
    if (this.#token || tokenPlace === 'sealed') return 'ready';
    if (tokenPlace === 'nowhere' || tokenPlace === 'environment') return 'signed-out';
    return !this.#parts.mayPrompt || quiet.includes(this.#parts.interpreter) ? 'ready' : 'locked';
  }

  /** The token is in memory and would be gone with this process. */
  get holdsUnstoredToken(): boolean {
    return this.#token !== null && (this.record.tokenPlace === 'nowhere' || this.record.tokenPlace === 'environment');
  }

  /**
   * A signed-in account. `remember`: a token that has no place yet may get one later. `quiet`: the keychain gave or
   * took the token without a prompt.
   */
  adopt({ token, account, tokenPlace, remember, quiet }: Adopted): void {
    this.forgetToken();
    this.#token = token;
    this.#remember = remember;
    this.#account = account;
    this.#trouble = null;
    this.#capabilities = null;
    this.record.account = { uid: account.uid, handle: account.handle };
    this.record.tokenPlace = tokenPlace;
    this.record.quiet = this.#quietWith(quiet);
    this.touch();
  }

  /** Counts a change and tells it. */
  touch(): void {
    this.#revision = this.#parts.nextRevision();
    this.#parts.changed();
  }

  /** @throws locked, unauthenticated, other_account or what was wrong with the keychain, without asking it again. */
  demandUsable(): void {
    if (this.#trouble && (this.#trouble.state === 'signed-out' || NEEDS_CLICK.includes(this.#trouble.error.kind))) {
      throw this.#trouble.error;
    }
    if (this.state === 'locked') throw failure('locked');
    if (this.state === 'signed-out') throw this.#unauthenticated();
  }

  /** Runs a call with the token; once more where the service refused it and the keychain holds a newer one. */
  async use<T>(call: (client: SecretsClient) => Promise<T>): Promise<T> {
    this.demandUsable();
    const token = await this.#read(UNASKED);
    const era = this.#era;
    try {
      return await call(this.#client(token));
    } catch (error) {
      if (!(error instanceof SecretsError) || error.kind !== 'unauthenticated' || era !== this.#era) throw error;
      const renewed = await this.#renew(token);
      if (!renewed) throw error;
      return call(this.#client(renewed));
    }
  }

  /** Asked once per sign-in; a service that does not know the question has none of them. */
  async capabilities(): Promise<Capabilities> {
    this.demandUsable();
    if (this.#capabilities) return this.#capabilities;
    const token = await this.#read(UNASKED);
    const found = await askCapabilities(this.record.origin, token, this.#parts.fetch);
    // A team vault has them, and without them a replacement would take two steps; so its present trouble is said.
    if (!found && this.record.kind === 'team') throw failure('busy', { host: new URL(this.record.origin).host });
    if (found) this.#capabilities = found;
    return found ?? { replace: false, audit: false, readOnly: false };
  }

  /** Somebody clicked: reads the token again, prompt or not. Trouble is kept as the vault's state. */
  async unlock(signal?: AbortSignal): Promise<void> {
    await this.#reading?.catch(() => undefined); // one that waits only as long as nobody is there
    if (this.state === 'ready' && this.#token) return;
    if (this.record.tokenPlace === 'nowhere' || this.record.tokenPlace === 'environment') return;
    if (this.record.tokenPlace === 'sealed' && !this.#parts.local()) return;
    this.#trouble = null;
    this.#token = null;
    await this.#read(clicked(signal)).catch(() => undefined); // state and failure say it
  }

  /** The local vault opened: a sealed token can be read, one that was stored nowhere can be sealed. */
  async localVaultOpened(): Promise<void> {
    if (this.record.tokenPlace === 'nowhere' && this.#token && this.#remember) {
      const sealed = await this.#parts.places.seal(this.record.origin, this.#token);
      if (!sealed) return;
      this.record.tokenPlace = sealed;
      this.#parts.save();
      this.touch();
    } else if (this.record.tokenPlace === 'sealed') {
      this.touch();
    }
  }

  localVaultClosed(): void {
    if (this.record.tokenPlace !== 'sealed') return;
    this.forgetToken();
    this.touch();
  }

  forgetToken(): void {
    this.#era += 1;
    this.#token = null;
    this.#reading = null;
  }

  #client(token: SecretValue): SecretsClient {
    const { origin, valueEncoding = 'plain' } = this.record;
    return new SecretsClient({ origin, token: token.expose(), fetch: this.#parts.fetch, valueEncoding });
  }

  async #read(patience: CallOptions): Promise<SecretValue> {
    if (this.#token) return this.#token;
    const reading = (this.#reading ??= this.#readPlace(patience));
    return reading.finally(() => {
      if (this.#reading === reading) this.#reading = null;
    });
  }

  async #readPlace(patience: CallOptions): Promise<SecretValue> {
    const { tokenPlace, origin } = this.record;
    const era = this.#era;
    const started = this.#parts.now();
    let token: SecretValue | null;
    try {
      token = await this.#parts.places.read(tokenPlace, origin, patience);
    } catch (error) {
      const problem = toSecretsError(error);
      this.#demandSameEra(era);
      this.#noteQuiet(false);
      const isState = problem.kind !== 'locked' && problem.kind !== 'cancelled';
      if (isState) this.#fail(NEEDS_CLICK.includes(problem.kind) ? 'locked' : 'failed', problem);
      throw problem;
    }
    this.#demandSameEra(era);
    if (!token) throw this.#fail('signed-out', this.#unauthenticated());
    if (tokenPlace === 'shared-entry' || tokenPlace === 'own-entry')
      this.#noteQuiet(this.#parts.now() - started < QUIET_MS);
    // Other programs write that entry; whose token it is now is asked before it is used for anything else.
    if (tokenPlace === 'shared-entry') await this.#demandSameAccount(token);
    if (this.#trouble) {
      this.#trouble = null;
      this.touch();
    }
    return (this.#token = token);
  }

  /** After a refusal: a newer token of the same account from the shared entry, else null and the vault is signed out. */
  async #renew(refused: SecretValue): Promise<SecretValue | null> {
    if (this.#token && this.#token !== refused) return this.#token; // another call renewed it meanwhile
    this.#token = null;
    const era = this.#era;
    if (this.record.tokenPlace === 'shared-entry') {
      const found = await this.#parts.places.read('shared-entry', this.record.origin, UNASKED).catch(() => null);
      this.#demandSameEra(era);
      if (found && found.expose() !== refused.expose()) {
        await this.#demandSameAccount(found);
        return (this.#token = found);
      }
    }
    this.#fail('signed-out', this.#unauthenticated());
    return null;
  }

  /** @throws what the vault's state says now, or busy: what was begun belongs to a sign-in that is over */
  #demandSameEra(era: number): void {
    if (era === this.#era) return;
    this.demandUsable();
    throw failure('busy', { host: new URL(this.record.origin).host });
  }

  async #demandSameAccount(token: SecretValue): Promise<void> {
    const era = this.#era;
    let account: Account;
    try {
      account = await this.#client(token).whoami();
    } catch (error) {
      this.#demandSameEra(era);
      const problem = toSecretsError(error);
      throw problem.kind === 'unauthenticated' ? this.#fail('signed-out', problem) : problem;
    }
    this.#demandSameEra(era);
    if (account.uid !== this.record.account.uid) {
      throw this.#fail('signed-out', failure('other_account', { host: new URL(this.record.origin).host }));
    }
    this.#account = account;
  }

  #fail(state: Trouble['state'], error: SecretsError): SecretsError {
    this.#token = null;
    const same = this.#trouble?.state === state && this.#trouble.error.kind === error.kind;
    this.#trouble = { state, error };
    if (!same) this.touch();
    return error;
  }

  #unauthenticated(): SecretsError {
    return failure('unauthenticated', { host: new URL(this.record.origin).host });
  }

  #noteQuiet(quiet: boolean): void {
    if (this.record.quiet.includes(this.#parts.interpreter) === quiet) return;
    this.record.quiet = this.#quietWith(quiet);
    this.#parts.save();
  }

  #quietWith(quiet: boolean): string[] {
    const { interpreter } = this.#parts;
    const others = this.record.quiet.filter((known) => known !== interpreter);
    return quiet ? [...others, interpreter] : others;
  }
}
