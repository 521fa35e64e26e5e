import { Endpoint, type Call, type CallOptions, type EndpointOptions } from './endpoint.ts';
import { failure } from './error-table.ts';
import { PageSecretsClient, type PageSecrets } from './page-secrets.ts';
import type { SecretValue } from './secret.ts';
import {
  PROTOCOL,
  type Account,
  type ServiceStatus,
  type SignInOffer,
  type SlotKind,
  type VaultInfo,
} from './vaults.ts';
import { parseSignIn, parseStatus, parseVaults } from './wire.ts';

/** `keyFile` is an absolute path; absent, the service's own place. */
export interface SetupRequest {
  readonly slot: SlotKind;
  readonly passphrase?: SecretValue;
  readonly keyFile?: string;
}

/** `slot` absent: whichever exists. `interactive`: somebody clicked, so a prompt of the keychain may appear. */
export interface UnlockRequest {
  readonly slot?: SlotKind;
  readonly passphrase?: SecretValue;
  readonly keyFile?: string;
  readonly interactive: boolean;
}

/** `origin` absent: the default. `remember` false: the token is stored nowhere. `check`: validate and return the account, add nothing. */
export interface SignInRequest {
  readonly origin?: string;
  readonly token?: SecretValue;
  readonly source?: SignInOffer['source'];
  readonly remember?: boolean;
  /** How that service writes values, where its answers do not say; kept with the vault. Default `plain`. */
  readonly valueEncoding?: 'plain' | 'base64';
  readonly check?: boolean;
}

export const API = '/api/vault/v1';
/** What may wait for a prompt of the keychain, which itself waits 120 s for an answer. */
export const PROMPT_MS = 150_000;

/** The service, as a page may ask it: its state, its vaults, and the secrets in each of them, without a way to a value. */
export class PageServiceClient {
  readonly #options: EndpointOptions;
  protected readonly endpoint: Endpoint;

  constructor(options: EndpointOptions) {
    this.#options = { own: true, ...options };
    this.endpoint = new Endpoint(this.#options);
  }

  /** @throws too_old, too_new where the service speaks another version of this API */
  status(options?: CallOptions): Promise<ServiceStatus> {
    return this.#status('GET', '/status', options);
  }

  /** Makes the vault and opens it. @throws already_set_up, no_keychain and other keychain kinds, no_key_file */
  setup({ slot, passphrase, keyFile }: SetupRequest, options?: CallOptions): Promise<ServiceStatus> {
    const body = { slot, passphrase: passphrase?.expose(), keyFile };
    return this.#status('POST', '/setup', { ...options, body, timeoutMs: PROMPT_MS });
  }

  /** @throws setup_needed, wrong_passphrase, no_key_file, keychain kinds */
  unlock({ slot, passphrase, keyFile, interactive }: UnlockRequest, options?: CallOptions): Promise<ServiceStatus> {
    const body = { slot, passphrase: passphrase?.expose(), keyFile, interactive };
    return this.#status('POST', '/unlock', { ...options, body, timeoutMs: PROMPT_MS });
  }

  lock(options?: CallOptions): Promise<ServiceStatus> {
    return this.#status('POST', '/lock', { ...options, body: {} });
  }

  /** Adds the passphrase to the ways to open the vault, or changes it. @throws locked */
  setPassphrase(passphrase: SecretValue, options?: CallOptions): Promise<ServiceStatus> {
    return this.#status('PUT', '/slots/passphrase', { ...options, body: { passphrase: passphrase.expose() } });
  }

  async vaults(options?: CallOptions): Promise<{ vaults: VaultInfo[]; offers: SignInOffer[] }> {
    return parseVaults(await this.endpoint.ask('GET', `${API}/vaults`, options));
  }

  /** Adds a remote vault, or renews its sign-in. @throws unauthenticated, keychain kinds, and all of the network */
  async signIn(
    { token, ...request }: SignInRequest,
    options?: CallOptions,
  ): Promise<{ vault: VaultInfo | null; account: Account }> {
    const body = { ...request, token: token?.expose() };
    return parseSignIn(await this.endpoint.ask('POST', `${API}/vaults`, { ...options, body, timeoutMs: PROMPT_MS }));
  }

  /** `sharedEntryToo`: deletes also the keychain entry that the Datalayer CLI uses. */
  async signOut(vaultId: string, options: { sharedEntryToo?: boolean } & CallOptions = {}): Promise<void> {
    const { sharedEntryToo = false, signal } = options;
    const headers: Record<string, string> = sharedEntryToo ? { 'x-shared-entry': 'delete' } : {};
    await this.endpoint.ask('DELETE', `${API}/vaults/${usableId(vaultId)}`, { signal, headers, timeoutMs: PROMPT_MS });
  }

  secrets(vaultId: string): PageSecrets {
    return new PageSecretsClient(this.ofVault(vaultId));
  }

  /** What a client of one vault's secrets is made with. */
  protected ofVault(vaultId: string): EndpointOptions {
    const { timeoutMs = 30_000, ...options } = this.#options;
    const origin = `${this.endpoint.origin}/vaults/${usableId(vaultId)}`;
    // For a remote vault the service waits and tries again itself; whoever asks it has to outlast that.
    return { ...options, origin, timeoutMs: vaultId === 'local' ? timeoutMs : timeoutMs * 3 };
  }

  async #status(method: 'GET' | 'POST' | 'PUT', path: string, call: Call | undefined): Promise<ServiceStatus> {
    const status = parseStatus(await this.endpoint.ask(method, `${API}${path}`, call));
    if (status.protocol === PROTOCOL) return status;
    throw failure(status.protocol > PROTOCOL ? 'too_new' : 'too_old', {
      protocol: status.protocol,
      supported: PROTOCOL,
    });
  }
}

/** @throws not_found: no vault has such an id */
export function usableId(vaultId: string): string {
  if (!/^[a-z0-9-]{1,32}$/.test(vaultId)) throw failure('not_found');
  return vaultId;
}
