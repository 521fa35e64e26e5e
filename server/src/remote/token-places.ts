import { failure, SecretValue, toSecretsError, type KeychainState, type TokenPlace } from '@datalayer-secrets/shared';
import { CLICKED_MS, UNASKED_MS, type CallOptions } from '../keys/keychain.ts';
import type { Log } from '../service/log.ts';
import type { Vault } from '../vault/types.ts';

/** The part of the OS keychain that tokens need; `keys/keychain.ts` is the real one. */
export interface TokenKeychain {
  state(): Promise<KeychainState>;
  get(service: string, account: string, options: CallOptions): Promise<string | null>;
  set(service: string, account: string, secret: string, options: CallOptions): Promise<void>;
  delete(service: string, account: string, options: CallOptions): Promise<boolean>;
  /** Account of each entry of the service, found without reading a secret and without a prompt. */
  find(service: string, options: CallOptions): Promise<string[]>;
}

/** The account name of the entry that Datalayer's own SDK and CLI keep; its service is the origin. */
const SHARED_ACCOUNT = 'access_token';
const OWN_SERVICE = 'datalayer-secrets';
/** Windows keeps at most 2,560 bytes of UTF-16 in an entry as Python writes it. */
const WINDOWS_TOKEN_LIMIT = 1_280;

export interface TokenPlacesOptions {
  readonly keychain: TokenKeychain;
  readonly local: () => Vault | null;
  readonly log: Log;
  readonly platform?: NodeJS.Platform;
}

/**
 * Where the token of a remote vault is remembered. First choice is the entry of Datalayer's own SDK, so that one
 * sign-in serves all. Linux has a trap there: Python looks entries up by other attributes than we could write, so an
 * entry that we *create* makes Python add a second one beside it, and then neither side knows which holds. So on Linux
 * that entry is only updated, never created, and two of them are left alone.
 */
export class TokenPlaces {
  readonly #keychain: TokenKeychain;
  readonly #local: () => Vault | null;
  readonly #log: Log;
  readonly #platform: NodeJS.Platform;

  constructor(options: TokenPlacesOptions) {
    this.#keychain = options.keychain;
    this.#local = options.local;
    this.#log = options.log;
    this.#platform = options.platform ?? process.platform;
  }

  /** How many entries of Datalayer's SDK there are for this origin; none where there is no keychain. Never prompts. */
  async sharedEntries(origin: string): Promise<number> {
    if ((await this.#keychain.state()) !== 'available') return 0;
    return (await this.#keychain.find(origin, { timeoutMs: UNASKED_MS })).filter(
      (account) => account === SHARED_ACCOUNT,
    ).length;
  }

  /**
   * The remembered token, or null where that place holds none (any more).
   * @throws keychain_ambiguous, no_keychain, keychain_locked, keychain_denied, keychain_timeout; locked for a sealed one.
   */
  async read(place: TokenPlace, origin: string, patience: CallOptions): Promise<SecretValue | null> {
    switch (place) {
      case 'shared-entry':
        await this.#demandKeychain();
        if (this.#platform === 'linux' && (await this.sharedEntries(origin)) > 1) throw ambiguous(origin);
        return wrap(await this.#keychain.get(origin, SHARED_ACCOUNT, patience));
      case 'own-entry':
        await this.#demandKeychain();
        return wrap(await this.#keychain.get(OWN_SERVICE, origin, patience));
      case 'sealed': {
        const vault = this.#local();
        if (!vault) throw failure('locked');
        const content = await vault.sealed(sealedName(origin));
        return wrap(content?.toString() ?? null);
      }
      case 'nowhere':
      case 'environment':
        return null;
    }
  }

  /**
   * Remembers a token in the best place there is and says which: keychain, local vault if open, or nowhere.
   * @throws cancelled
   */
  async keep(origin: string, token: SecretValue, patience: CallOptions): Promise<TokenPlace> {
    return (await this.#keepInKeychain(origin, token, patience)) ?? (await this.seal(origin, token)) ?? 'nowhere';
  }

  /** Seals the token in the local vault; null while that is not open. */
  async seal(origin: string, token: SecretValue): Promise<'sealed' | null> {
    const vault = this.#local();
    if (!vault) return null;
    await vault.seal(sealedName(origin), Buffer.from(token.expose()));
    return 'sealed';
  }

  /**
   * Removes what `place` holds. The shared entry goes too where that is asked for: the Datalayer CLI is signed out.
   * @returns false where a sealed token could not be reached because the local vault is not open.
   */
  async remove(place: TokenPlace, origin: string, sharedEntryToo = false, signal?: AbortSignal): Promise<boolean> {
    const patience = clicked(signal);
    if (place === 'own-entry' && (await this.#keychain.state()) === 'available') {
      await this.#keychain.delete(OWN_SERVICE, origin, patience);
    }
    if (sharedEntryToo) {
      const entries = await this.sharedEntries(origin);
      if (this.#platform === 'linux' && entries > 1) throw ambiguous(origin);
      if (entries > 0) await this.#keychain.delete(origin, SHARED_ACCOUNT, patience);
    }
    if (place !== 'sealed') return true;
    const vault = this.#local();
    await vault?.seal(sealedName(origin), null);
    return vault !== null;
  }

  async #keepInKeychain(origin: string, token: SecretValue, patience: CallOptions): Promise<TokenPlace | null> {
    if ((await this.#keychain.state()) !== 'available') return null;
    if (this.#platform === 'win32' && token.expose().length > WINDOWS_TOKEN_LIMIT) return null;
    try {
      const shared = this.#platform !== 'linux' || (await this.sharedEntries(origin)) === 1;
      const [service, account] = shared ? [origin, SHARED_ACCOUNT] : [OWN_SERVICE, origin];
      await this.#keychain.set(service, account, token.expose(), patience);
      // A keychain can accept and keep nothing; only what reads back is remembered.
      if ((await this.#keychain.get(service, account, patience)) !== token.expose()) return null;
      return shared ? 'shared-entry' : 'own-entry';
    } catch (error) {
      const { kind } = toSecretsError(error);
      if (kind === 'cancelled') throw error;
      this.#log('token not kept in the keychain', { code: kind });
      return null; // the answer says where the token is instead, and the view shows it
    }
  }

  async #demandKeychain(): Promise<void> {
    const state = await this.#keychain.state();
    if (state !== 'available') throw failure('no_keychain', { state });
  }
}

/** As long as somebody may be typing a password, unless they give up. */
export const clicked = (signal?: AbortSignal): CallOptions => ({ timeoutMs: CLICKED_MS, ...(signal && { signal }) });

/** By origin, not by vault id: which origin is `datalayer` can change, where a token belongs cannot. */
const sealedName = (origin: string) => `remote-token ${origin}`;

const wrap = (text: string | null) => (text ? new SecretValue(text) : null);

const ambiguous = (origin: string) => failure('keychain_ambiguous', { host: new URL(origin).host });
