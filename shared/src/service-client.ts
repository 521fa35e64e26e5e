import { SecretsClient } from './client.ts';
import { Endpoint, type Call, type CallOptions, type ClientOptions } from './endpoint.ts';
import { failure } from './error-table.ts';
import { readEvents } from './events.ts';
import { failureOfNetwork } from './failures.ts';
import type { SecretValue } from './secret.ts';
import { SecretsError } from './errors.ts';
import {
  PROTOCOL,
  type Account,
  type AuditEntry,
  type ServiceStatus,
  type SignInOffer,
  type SlotKind,
  type VaultInfo,
} from './vaults.ts';
import { parseAudit, parseChange, parseSignIn, parseStatus, parseVaults, parseVerdict } from './wire.ts';

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

const API = '/api/vault/v1';
/** What may wait for a prompt of the keychain, which itself waits 120 s for an answer. */
const PROMPT_MS = 150_000;
/** The service sends a comment every 20 s; after three that did not come the stream is dead. */
const SILENCE_MS = 60_000;

/** The service on this machine: its state, its vaults, and a `SecretsClient` for each of them. */
export class ServiceClient {
  readonly #options: ClientOptions;
  readonly #endpoint: Endpoint;

  constructor(options: ClientOptions) {
    this.#options = { own: true, ...options };
    this.#endpoint = new Endpoint(this.#options);
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
    return parseVaults(await this.#endpoint.ask('GET', `${API}/vaults`, options));
  }

  /** Adds a remote vault, or renews its sign-in. @throws unauthenticated, keychain kinds, and all of the network */
  async signIn(
    { token, ...request }: SignInRequest,
    options?: CallOptions,
  ): Promise<{ vault: VaultInfo | null; account: Account }> {
    const body = { ...request, token: token?.expose() };
    return parseSignIn(await this.#endpoint.ask('POST', `${API}/vaults`, { ...options, body, timeoutMs: PROMPT_MS }));
  }

  /** `sharedEntryToo`: deletes also the keychain entry that the Datalayer CLI uses. */
  async signOut(vaultId: string, options: { sharedEntryToo?: boolean } & CallOptions = {}): Promise<void> {
    const { sharedEntryToo = false, signal } = options;
    const headers: Record<string, string> = sharedEntryToo ? { 'x-shared-entry': 'delete' } : {};
    await this.#endpoint.ask('DELETE', `${API}/vaults/${usableId(vaultId)}`, { signal, headers, timeoutMs: PROMPT_MS });
  }

  /**
   * What changed, from now on; first the present revision of each vault. Ends when the service ends the stream or the
   * signal aborts.
   * @throws offline where the connection was lost, or was silent for 60 s
   */
  async *changes({
    signal,
  }: {
    readonly signal: AbortSignal;
  }): AsyncGenerator<{ vault: string; revision: number }, void> {
    try {
      const stream = await this.#endpoint.open(`${API}/changes`, 'text/event-stream', signal);
      for await (const event of readEvents(stream, SILENCE_MS)) {
        const change = parseChange(event);
        if (change) yield change;
      }
    } catch (error) {
      if (signal.aborted) return;
      throw error instanceof SecretsError ? error : failureOfNetwork(error, {}, false);
    }
  }

  /** This client will not come back: the service may end soon. */
  async leave(options?: CallOptions): Promise<void> {
    await this.#endpoint.ask('POST', `${API}/leave`, { ...options, body: {} });
  }

  /**
   * Ends the service. `replacement`: a newer one asks; false is the answer where the user would have to unlock or sign
   * in again because of it, and the service stays.
   */
  async stop({ replacement, signal }: { replacement?: boolean } & CallOptions = {}): Promise<boolean> {
    const answer = await this.#endpoint.ask('POST', `${API}/stop`, { signal, body: { replacement } });
    return answer?.['stopping'] !== false;
  }

  secrets(vaultId: string): SecretsClient {
    const { timeoutMs = 30_000, ...options } = this.#options;
    const origin = `${this.#endpoint.origin}/vaults/${usableId(vaultId)}`;
    // For a remote vault the service waits and tries again itself; whoever asks it has to outlast that.
    return new SecretsClient({ ...options, origin, timeoutMs: vaultId === 'local' ? timeoutMs : timeoutMs * 3 });
  }

  /** Newest first. @throws not_found for a vault that keeps its audit trail itself */
  async audit(vaultId: string, options: { limit?: number; before?: number } & CallOptions = {}): Promise<AuditEntry[]> {
    const { limit, before, signal } = options;
    const query = new URLSearchParams();
    if (limit !== undefined) query.set('limit', String(limit));
    if (before !== undefined) query.set('before', String(before));
    return parseAudit(
      await this.#endpoint.ask('GET', `${auditOf(vaultId)}?${query.toString()}`, { signal, maxBytes: 1 << 24 }),
    );
  }

  /** Replays the audit trail: null when it is whole, else its first bad event. */
  async verifyAudit(vaultId: string, options?: CallOptions): Promise<{ seq: number; reason: string } | null> {
    return parseVerdict(
      await this.#endpoint.ask('GET', `${auditOf(vaultId)}/verify`, { ...options, timeoutMs: PROMPT_MS }),
    );
  }

  async #status(method: 'GET' | 'POST' | 'PUT', path: string, call: Call | undefined): Promise<ServiceStatus> {
    const status = parseStatus(await this.#endpoint.ask(method, `${API}${path}`, call));
    if (status.protocol === PROTOCOL) return status;
    throw failure(status.protocol > PROTOCOL ? 'too_new' : 'too_old', {
      protocol: status.protocol,
      supported: PROTOCOL,
    });
  }
}

/** @throws not_found: no vault has such an id */
function usableId(vaultId: string): string {
  if (!/^[a-z0-9-]{1,32}$/.test(vaultId)) throw failure('not_found');
  return vaultId;
}

function auditOf(vaultId: string): string {
  return `/vaults/${usableId(vaultId)}${API}/audit`;
}
