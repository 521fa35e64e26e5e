import type { ErrorKind, SecretsError } from './errors.ts';

/**
 * What the service says of its vaults. The routes are `/api/vault/v1/…`; the same shapes reach editors, the command
 * line and (through Jupyter Server) pages. None of them holds a value, a token or a passphrase.
 */

/**
 * The local vault: `new` until set-up, then `locked` or `open`, or `failed` where its files are such that no key opens it. Every
 * other vault: one of the last four.
 */
export type VaultState = 'new' | 'locked' | 'open' | 'signed-out' | 'ready' | 'failed';

export type VaultKind = 'local' | 'datalayer' | 'team';

/** Where the token of a remote vault is remembered. `nowhere`: in memory only, gone when the service ends. */
export type TokenPlace = 'shared-entry' | 'own-entry' | 'sealed' | 'nowhere' | 'environment';

export interface Account {
  readonly uid: string;
  readonly handle: string;
  readonly email: string | null;
}

export interface VaultInfo {
  /** `local`, `datalayer`, or `r-` and eight hex digits. */
  readonly id: string;
  readonly kind: VaultKind;
  readonly label: string;
  /** Origin of a remote vault, null for the local one. */
  readonly origin: string | null;
  readonly state: VaultState;
  readonly account: Account | null;
  readonly tokenPlace: TokenPlace | null;
  /** Error code (`ErrorKind`) behind `failed` or `signed-out`, where there is one. */
  readonly failure: string | null;
  /** How many secrets are not listed because they were changed from outside; absent: none that is known. */
  readonly damaged?: number;
  /** Grows with each change the service knows of. */
  readonly revision: number;
}

/** How the vault key is wrapped. */
export type SlotKind = 'keychain' | 'passphrase' | 'file';

/** Why the OS keychain cannot be used here, or `available`. Found without a prompt. */
export type KeychainState = 'available' | 'no-session-bus' | 'no-secret-service' | 'not-loadable' | 'unsupported';

export interface ServiceStatus {
  readonly version: string;
  /** Version of `/api/vault/v1`; a client refuses one it does not know. */
  readonly protocol: number;
  /** Name of the machine that holds the vault. */
  readonly host: string;
  readonly pid: number;
  /** State of the local vault. One that no key opens counts as `locked`. */
  readonly state: 'new' | 'locked' | 'open';
  /** Why no key opens the local vault (while it is open: will open it again), from its files; absent: nothing is known. */
  readonly failure?: { readonly code: ErrorKind; readonly details: SecretsError['details'] };
  readonly slots: readonly SlotKind[];
  /** The slot that opened the vault, null while it is not open. */
  readonly openedBy: SlotKind | null;
  readonly keychain: KeychainState;
  /** The last keychain unlock needed no prompt, so a view restored at start may unlock without a click. */
  readonly quietUnlock: boolean;
}

/** Something the user could sign in with, found without reading any token. */
export interface SignInOffer {
  readonly origin: string;
  readonly source: 'datalayer-cli' | 'environment';
}

/**
 * First line that `ensure` prints. `none`: nothing runs (`--no-start`), with what the files tell: `used`: there is a vault or a
 * sign-in to open; `quiet`: the last keychain unlock by this interpreter needed no prompt, so the service may be started and
 * unlocked without a click. `elsewhere`: another machine holds the vault.
 */
export type EnsureAnswer =
  | {
      readonly state: 'new' | 'locked' | 'open';
      readonly origin: string;
      readonly token: string;
      readonly version: string;
    }
  | { readonly state: 'none'; readonly used: boolean; readonly quiet: boolean }
  | { readonly state: 'elsewhere'; readonly host: string };

/** One event of a vault's audit trail, as `GET …/audit` lists it. Times are ISO 8601 in UTC. */
export interface AuditEntry {
  /** Gapless, from 1. */
  readonly seq: number;
  readonly at: string;
  /** Who asked, as the client called itself: a record, not a proof. */
  readonly label: string;
  readonly scope: string;
  readonly action: string;
  readonly uid: string | null;
  readonly name: string | null;
  readonly outcome: string;
  readonly detail: string | null;
}

export type Scope = 'page' | 'kernel' | 'full';

/** Version of `/api/vault/v1` that this code speaks. */
export const PROTOCOL = 1;
