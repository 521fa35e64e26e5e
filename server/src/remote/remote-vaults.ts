import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  failure,
  SecretsError,
  toSecretsError,
  type Account,
  type CallOptions,
  type Fetch,
  type Secrets,
  type SignInOffer,
  type SignInRequest,
  type TokenPlace,
  type VaultInfo,
} from '@datalayer-secrets/shared';
import type { Log } from '../service/log.ts';
import type { Principal, Vault } from '../vault/types.ts';
import { askCapabilities } from './capabilities.ts';
import { findDefaultOrigin, HOSTED_ORIGIN, normaliseOrigin, vaultIdOf } from './origin.ts';
import { RemoteFetch } from './proxy.ts';
import { RemoteSecrets } from './remote-secrets.ts';
import { QUIET_MS, RemoteVault, type RemoteRecord } from './remote-vault.ts';
import { checkSignIn, type SignIn } from './sign-in.ts';
import { clicked, TokenPlaces, type TokenKeychain } from './token-places.ts';
import { VaultsJson, type VaultRecord } from './vaults-file.ts';

/** The offers must not hold up a list of vaults: a keychain that takes longer is asked again next time. */
const OFFERS_MS = 1_000;

export interface RemoteVaultsOptions {
  /** Folder of `vaults.json`. */
  readonly home: string;
  readonly keychain: TokenKeychain;
  /** The open local vault, or null while it is new or locked. */
  readonly local: () => Vault | null;
  /** Proxy settings, `DATALAYER_IAM_URL`, `DATALAYER_API_KEY`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Default: one that follows the environment's proxy settings. */
  readonly fetch?: Fetch;
  readonly now?: () => number;
  readonly platform?: NodeJS.Platform;
  /** Path of the Node that runs this service. */
  readonly interpreter?: string;
  /** Default: `~/.datalayer/config.json`, the configuration of the Datalayer CLI. */
  readonly configFile?: string;
}

/** What a client can do with a vault as reached through this service. */
export interface VaultCapabilities {
  readonly replace: boolean;
  readonly audit: boolean;
  readonly readOnly: boolean;
}

/**
 * The vaults on other machines: which there are, who is signed in, and their secrets. Independent of the local vault,
 * whose only parts in it are sealing tokens where there is no keychain and recording reveals. Nothing is read from a
 * keychain and nothing is asked of a network before somebody uses a vault.
 */
export class RemoteVaults {
  readonly #options: RemoteVaultsOptions;
  readonly #file: VaultsJson;
  readonly #places: TokenPlaces;
  readonly #network: RemoteFetch;
  readonly #fetch: Fetch;
  readonly #now: () => number;
  readonly #listeners = new Set<(id: string) => void>();
  readonly #vaults = new Map<string, RemoteVault>();
  #forgotten: string[] = [];
  #defaultOrigin = HOSTED_ORIGIN;
  /** Sign-ins and sign-outs run one after the other: each reads and writes the same places. */
  #turn: Promise<unknown> = Promise.resolve();
  #offersFound: SignInOffer[] = [];
  #revision = 0;
  #offersAsked: Promise<void> | null = null;

  constructor(options: RemoteVaultsOptions) {
    const { home, keychain, local, log, platform } = options;
    this.#options = options;
    this.#file = new VaultsJson(home);
    this.#places = new TokenPlaces({ keychain, local, log, ...(platform && { platform }) });
    this.#network = new RemoteFetch(options.environment);
    this.#fetch = options.fetch ?? this.#network.fetch;
    this.#now = options.now ?? Date.now;
  }

  /** Reads `vaults.json`; touches neither keychain nor network. @throws bad_permissions */
  async load(): Promise<void> {
    const { environment, log } = this.#options;
    const configFile = this.#options.configFile ?? join(homedir(), '.datalayer', 'config.json');
    this.#defaultOrigin = await findDefaultOrigin(environment, configFile, log);
    const { content, problem } = this.#file.read();
    if (problem) log('list of vaults not read', { code: problem === 'newer' ? 'newer_vault' : 'invalid' });
    this.#forgotten = content.forgotten;
    for (const record of content.vaults) {
      // The default origin may be another one than when this was written; the id always follows the origin.
      const id = vaultIdOf(record.origin, this.#defaultOrigin);
      this.#vaults.set(id, this.#vault({ ...record, id }));
    }
  }

  /** The default service first, then by label. */
  list(): VaultInfo[] {
    const rank = (info: VaultInfo) => (info.id === 'datalayer' ? 0 : 1);
    return [...this.#vaults.values()]
      .map((vault) => vault.info)
      .sort((a, b) => rank(a) - rank(b) || a.label.localeCompare(b.label));
  }

  /**
   * What one could sign in with at once: the Datalayer CLI's entry, `DATALAYER_API_KEY`. Found without reading a token,
   * without a prompt, and within a second (else what was found before).
   */
  async offers(): Promise<SignInOffer[]> {
    this.#offersAsked ??= this.#findOffers().finally(() => (this.#offersAsked = null));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, OFFERS_MS)));
    await Promise.race([this.#offersAsked, late]).finally(() => clearTimeout(timer));
    return this.#offersFound.filter(({ origin }) => !this.#isSignedIn(origin));
  }

  /**
   * Checks a token with its service and adds the vault (`check`: only tells the account). One account per service: the
   * new sign-in takes the place of the old, except that one from an environment does not displace another account.
   * @throws unauthenticated, invalid, other_account, what the keychain or the network had to say.
   */
  async signIn(
    request: SignInRequest,
    { signal }: CallOptions = {},
  ): Promise<{ vault: VaultInfo | null; account: Account }> {
    const { token, source, check = false, remember = true, valueEncoding } = request;
    const origin = request.origin === undefined ? this.#defaultOrigin : normaliseOrigin(request.origin);
    const found = await checkSignIn(
      { origin, ...(token && { token }), ...(source && { source }) },
      {
        places: this.#places,
        fetch: this.#fetch,
        environment: this.#options.environment,
        defaultOrigin: this.#defaultOrigin,
        now: this.#now,
        signal,
      },
    );
    if (check) return { vault: null, account: found.account };
    const vault = await this.#inTurn(() => this.#add(found, remember, valueEncoding, signal));
    return { vault: vault.info, account: found.account };
  }

  /**
   * Forgets the vault and its token. The entry of the Datalayer CLI stays, and is offered again, unless it is to go too.
   * @throws not_found, and what the keychain had to say; then nothing changed.
   */
  signOut(id: string, options: { sharedEntryToo?: boolean } & CallOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      const vault = this.#find(id);
      const { tokenPlace, origin } = vault.record;
      const removed = await this.#places.remove(tokenPlace, origin, options.sharedEntryToo, options.signal);
      if (!removed) this.#forgotten.push(origin);
      vault.forgetToken();
      this.#vaults.delete(id);
      this.#save();
      this.#tell(id);
    });
  }

  /** The vault's secrets for one principal. @throws not_found, locked, unauthenticated, other_account, keychain kinds */
  secrets(id: string, by: Principal): Secrets {
    const vault = this.#find(id);
    vault.demandUsable();
    return new RemoteSecrets(vault, by, this.#options.local);
  }

  /** `replace` is true wherever one can write: this service finds a way. Remotes audit themselves: `audit` is false. */
  async capabilities(id: string): Promise<VaultCapabilities> {
    const { readOnly } = await this.#find(id).capabilities();
    return { replace: !readOnly, audit: false, readOnly };
  }

  /** Somebody clicked "unlock": tokens that need a prompt, or failed before, are read now. Never throws for a vault. */
  async unlock({ signal }: CallOptions = {}): Promise<void> {
    await Promise.all([...this.#vaults.values()].map((vault) => vault.unlock(signal)));
  }

  /** Call after the local vault was made or opened. What cannot be sealed or removed now is for the next time. */
  async localVaultOpened(): Promise<void> {
    try {
      for (const origin of this.#forgotten) await this.#places.remove('sealed', origin);
      if (this.#forgotten.splice(0).length > 0) this.#save();
      for (const vault of this.#vaults.values()) await vault.localVaultOpened();
    } catch (error) {
      this.#options.log('sealed tokens not put in order', { code: toSecretsError(error).kind });
    }
  }

  /** Call after the local vault was locked: tokens sealed in it leave the memory. */
  localVaultClosed(): void {
    for (const vault of this.#vaults.values()) vault.localVaultClosed();
  }

  /** A token would be gone with this process, so it should not end just because nobody asks anything. */
  holdsUnstoredToken(): boolean {
    return [...this.#vaults.values()].some((vault) => vault.holdsUnstoredToken);
  }

  /** Called with the vault's id after each change of its secrets or its state; returns the undoing. */
  onChange(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    for (const vault of this.#vaults.values()) vault.forgetToken();
    this.#listeners.clear();
    await this.#network.close();
  }

  async #add(
    found: SignIn,
    remember: boolean,
    valueEncoding: VaultRecord['valueEncoding'],
    signal: AbortSignal | undefined,
  ): Promise<RemoteVault> {
    const { origin, token, account } = found;
    const id = vaultIdOf(origin, this.#defaultOrigin);
    const known = this.#vaults.get(id);
    if (found.place === 'environment' && known && known.state !== 'signed-out') {
      // A process with the variable starts often and nobody clicked, so it never displaces a sign-in that somebody made.
      if (known.record.account.uid === account.uid) return known;
      throw failure('other_account', { host: new URL(origin).host });
    }
    this.#file.demandWritable(); // before anything is stored
    const kind = await this.#kind(id, found);
    const started = this.#now();
    const tokenPlace = found.place ?? (remember ? await this.#places.keep(origin, token, clicked(signal)) : 'nowhere');
    const quiet = found.quiet ?? this.#now() - started < QUIET_MS;
    await this.#leave(known, tokenPlace);
    const vault = known ?? this.#vault(newRecord(id, origin, account, tokenPlace));
    vault.record.kind = kind;
    if (valueEncoding) vault.record.valueEncoding = valueEncoding;
    this.#vaults.set(id, vault);
    vault.adopt({ token, account, tokenPlace, remember, quiet });
    this.#save();
    return vault;
  }

  /** A token that lay elsewhere before does not stay behind there. */
  async #leave(known: RemoteVault | undefined, place: TokenPlace): Promise<void> {
    if (!known || known.record.tokenPlace === place) return;
    const { tokenPlace, origin } = known.record;
    try {
      if (!(await this.#places.remove(tokenPlace, origin))) this.#forgotten.push(origin);
    } catch {
      this.#options.log('former token not removed', { vault: known.record.id }); // the new sign-in holds all the same
    }
  }

  /** A service that knows our own question is a team vault. The platform itself is not asked. */
  async #kind(id: string, { origin, token }: SignIn): Promise<VaultRecord['kind']> {
    if (id === 'datalayer') return 'datalayer';
    const found = await askCapabilities(origin, token, this.#fetch);
    return found?.replace || found?.audit ? 'team' : 'datalayer';
  }

  async #findOffers(): Promise<void> {
    const origins = new Set([this.#defaultOrigin, ...[...this.#vaults.values()].map((vault) => vault.record.origin)]);
    const offers: SignInOffer[] = [];
    for (const origin of origins) {
      const entries = this.#isSignedIn(origin) ? 0 : await this.#places.sharedEntries(origin).catch(() => 0);
      if (entries > 0) offers.push({ origin, source: 'datalayer-cli' });
    }
    const key = this.#options.environment['DATALAYER_API_KEY'];
    if (key) offers.push({ origin: this.#defaultOrigin, source: 'environment' });
    this.#offersFound = offers;
  }

  #isSignedIn(origin: string): boolean {
    const vault = this.#vaults.get(vaultIdOf(origin, this.#defaultOrigin));
    return vault !== undefined && vault.state !== 'signed-out';
  }

  #vault(record: RemoteRecord): RemoteVault {
    return new RemoteVault(record, {
      places: this.#places,
      fetch: this.#fetch,
      local: this.#options.local,
      now: this.#now,
      mayPrompt: (this.#options.platform ?? process.platform) === 'darwin',
      interpreter: this.#options.interpreter ?? process.execPath,
      nextRevision: () => (this.#revision += 1),
      changed: () => this.#tell(record.id),
      save: () => this.#saveIfPossible(),
    });
  }

  #find(id: string): RemoteVault {
    const vault = this.#vaults.get(id);
    if (!vault) throw new SecretsError('not_found', 'There is no such vault.', { vault: id });
    return vault;
  }

  #save(): void {
    // What came from an environment belongs to this run of the service only.
    const records = [...this.#vaults.values()].map((vault) => vault.record);
    const vaults = records.flatMap(({ tokenPlace, ...rest }) =>
      tokenPlace === 'environment' ? [] : [{ ...rest, tokenPlace }],
    );
    this.#file.write({ vaults, forgotten: this.#forgotten });
  }

  /** For what is only noted in passing: a full disk must not make a list fail. */
  #saveIfPossible(): void {
    try {
      this.#save();
    } catch {
      this.#options.log('list of vaults not written');
    }
  }

  #tell(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

function newRecord(id: string, origin: string, account: Account, tokenPlace: TokenPlace): RemoteRecord {
  const label = origin === HOSTED_ORIGIN ? 'Datalayer' : new URL(origin).host;
  return {
    id,
    kind: 'datalayer',
    origin,
    label,
    account: { uid: account.uid, handle: account.handle },
    tokenPlace,
    quiet: [],
  };
}
