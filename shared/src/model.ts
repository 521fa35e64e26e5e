import type { CallOptions } from './client.ts';
import { failure, toSecretsError } from './error-table.ts';
import type { ErrorKind, SecretsError } from './errors.ts';
import { ChangeFeed } from './model/change-feed.ts';
import { Coalesced } from './model/coalesced.ts';
import { alteration, creation, deletion, replacement, type Command } from './model/commands.ts';
import { Connection, type Connect, type Reached } from './model/connection.ts';
import { asking, closedBy, closedList, failing, withSecrets } from './model/lists.ts';
import { keepSame, ordered } from './model/same.ts';
import { EMPTY, type ChangeSource, type ModelService, type ModelState, type VaultView } from './model/state.ts';
import { VaultLoader } from './model/vault-loader.ts';
import type { NewSecret, Secret, SecretChanges, SecretType, SecretValue } from './secret.ts';
import type { SignInOffer, VaultInfo } from './vaults.ts';

export * from './model/state.ts';

export interface ModelOptions {
  /** `start: false`: only a running service. Null: none runs. @throws SecretsError (`elsewhere`, …) */
  readonly connect: Connect;
  readonly changes: (service: ModelService) => ChangeSource;
  /** Milliseconds; default the system's clock. */
  readonly now?: () => number;
}

/** After these a command has changed nothing, and the list is as true as before. */
const LISTS_STAY: readonly ErrorKind[] = [
  'invalid',
  'too_large',
  'value_required',
  'immutable',
  'forbidden',
  'rate_limited',
  'busy',
];

/** After these a lost subscription is not tried again by itself: something has to be done first. */
const LASTING: readonly ErrorKind[] = [
  'too_old',
  'too_new',
  'newer_vault',
  'elsewhere',
  'bad_permissions',
  'cancelled',
];

/** While a lost subscription is renewed, this many answers "no service runs" are taken for a restart. */
const RESTART_ATTEMPTS = 5;

/**
 * The state that both user interfaces draw. It works only while somebody watches, or for a call; failures of
 * refreshing are states, failures of a command are thrown to its caller. Answers that come late (the vault is locked
 * or gone, something was changed meanwhile, the model is disposed) change nothing.
 */
export class SecretsModel {
  readonly #options: ModelOptions;
  readonly #now: () => number;
  readonly #ended = new AbortController();
  readonly #connection: Connection;
  readonly #feed: ChangeFeed;
  readonly #survey = new Coalesced(() => this.#look());
  readonly #loaders = new Map<string, VaultLoader>();
  readonly #listeners = new Set<() => void>();
  /** What the next survey was asked for. */
  #asked = { start: false, everything: false };
  #watchers = 0;
  /** Which process answered last: a new one counts its revisions anew. */
  #process = '';
  #state: ModelState = EMPTY;

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#connection = new Connection(options.connect, this.#ended.signal);
    this.#feed = new ChangeFeed({
      now: this.#now,
      changed: ({ vault, revision }) => this.#onChange(vault, revision),
      lost: (error) => this.#onLost(error),
      retry: () => void this.#lookAgain({}),
    });
  }

  /** Frozen, and another object only when something changed. */
  get state(): ModelState {
    return this.#state;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Asks anew for everything. Resolves when the state tells the outcome; never rejects. */
  async refresh(options: { start?: boolean } = {}): Promise<void> {
    await this.#lookAgain({ start: options.start === true, everything: true });
    await Promise.all([...this.#loaders.values()].map((loader) => loader.settled));
  }

  /** Until the returned function is called, the state follows what others change. */
  watch(): () => void {
    let watching = true;
    if (++this.#watchers === 1) void this.#lookAgain({});
    return () => {
      if (watching && --this.#watchers === 0) this.#feed.end();
      watching = false;
    };
  }

  setTypeFilter(type: SecretType | null): void {
    this.#set({ typeFilter: type });
  }

  /**
   * The service, started if none runs (unless `start` is false), asked whether it is there.
   * @throws no_service, elsewhere, too_old, too_new, …
   */
  async service(options: { start?: boolean } = {}): Promise<ModelService> {
    const start = options.start !== false;
    const reached = await this.#reach(start, start);
    if (!reached) throw failure('no_service');
    return reached.service;
  }

  /** Shown among `creating` until it is stored. @throws what the vault refuses; nothing is listed then */
  create(vaultId: string, secret: NewSecret, options?: CallOptions): Promise<Secret> {
    return this.#run(vaultId, creation(secret, options));
  }

  update(vaultId: string, secret: Secret, changes: SecretChanges, options?: CallOptions): Promise<Secret> {
    return this.#run(vaultId, alteration(secret, changes, options));
  }

  /** The name stays; the secret that is listed then may have another uid. */
  replaceValue(vaultId: string, secret: Secret, value: SecretValue, options?: CallOptions): Promise<Secret> {
    return this.#run(vaultId, replacement(secret, value, options));
  }

  /** Its uid is among `deleting` until it is gone. */
  delete(vaultId: string, secret: Secret, options?: CallOptions): Promise<void> {
    return this.#run(vaultId, deletion(secret, options));
  }

  /** Ends every request but those that change something, and forgets the names. */
  dispose(): void {
    this.#ended.abort();
    this.#feed.end();
    this.#listeners.clear();
    for (const id of this.#loaders.keys()) this.#drop(id);
    this.#state = EMPTY;
  }

  // Looking: which service, which vaults, in which state; then the lists that need it.

  #lookAgain({ start = false, everything = false }): Promise<void> {
    if (this.#ended.signal.aborted) return Promise.resolve();
    this.#asked = { start: this.#asked.start || start, everything: this.#asked.everything || everything };
    return this.#survey.ask();
  }

  async #look(): Promise<void> {
    const { start, everything } = this.#asked;
    this.#asked = { start: false, everything: false };
    if (!everything && this.#watchers === 0) return; // nobody is interested any more
    try {
      const reached = await this.#reach(start, everything);
      if (reached) {
        const { vaults, offers } = await reached.service.vaults({ signal: this.#ended.signal });
        if (this.#ended.signal.aborted) return;
        this.#show(vaults, offers, everything);
      }
      if (everything || !this.#feed.pausing) this.#follow(reached);
    } catch (error) {
      this.#fail(toSecretsError(error));
    }
  }

  /** Reaches the service and shows how that went; `openly`: somebody waits for it. */
  async #reach(start: boolean, openly: boolean): Promise<Reached | null> {
    if (openly && !this.#connection.service) this.#set({ service: { kind: 'connecting' } });
    let reached: Reached | null;
    try {
      reached = await this.#connection.reach(start);
    } catch (error) {
      const known = toSecretsError(error);
      if (known.kind !== 'cancelled') this.#set({ service: { kind: 'failed', error: known } });
      throw known;
    }
    if (this.#ended.signal.aborted) throw failure('cancelled');
    if (reached) {
      const { host, pid } = reached.status;
      if (this.#process !== `${host} ${pid}`) for (const loader of this.#loaders.values()) loader.revision = undefined;
      this.#process = `${host} ${pid}`;
      this.#set({ service: { kind: 'ready', status: reached.status } });
    } else {
      for (const id of this.#loaders.keys()) this.#drop(id);
      this.#set({ service: { kind: 'none' }, vaults: [], offers: [] });
    }
    return reached;
  }

  #show(vaults: readonly VaultInfo[], offers: readonly SignInOffer[], everything: boolean): void {
    const before = new Map(this.#state.vaults.map((view) => [view.info.id, view]));
    const toLoad: VaultInfo[] = [];
    const views = vaults.map((info): VaultView => {
      const { list, creating = [], deleting = new Set<string>() } = before.get(info.id) ?? {};
      const closed = closedList(info);
      if (closed) return { info, list: closed, creating, deleting };
      if (list && !everything && this.#loaders.get(info.id)?.revision === info.revision) {
        return { info, list, creating, deleting };
      }
      toLoad.push(info);
      return { info, list: asking(list, info), creating, deleting };
    });
    const open = new Set(vaults.filter((info) => !closedList(info)).map(({ id }) => id));
    for (const id of this.#loaders.keys()) if (!open.has(id)) this.#drop(id);
    this.#set({ vaults: views, offers });
    for (const { id, revision } of toLoad) this.#loader(id).load(revision);
  }

  /** The service could not be asked: what is listed is as old as it is. */
  #fail(error: SecretsError): void {
    if (this.#ended.signal.aborted) return;
    this.#set({ service: { kind: 'failed', error } });
    this.#growOld(error);
    if (this.#feed.retries > 0 && this.#watchers > 0 && !LASTING.includes(error.kind)) this.#feed.retryLater();
  }

  #growOld(error: SecretsError): void {
    for (const loader of this.#loaders.values()) loader.revision = undefined;
    this.#set({
      vaults: this.#state.vaults.map((view) =>
        view.list.kind === 'ready' ? { ...view, list: failing(view.list, error) } : view,
      ),
    });
  }

  // Changes that others make.

  #follow(reached: Reached | null): void {
    if (this.#watchers === 0) return;
    if (reached) this.#feed.subscribe(reached.service, this.#options.changes);
    else if (this.#feed.retries > 0 && this.#feed.retries < RESTART_ATTEMPTS) this.#feed.retryLater();
    else this.#feed.end();
  }

  #onChange(vaultId: string, revision: number): void {
    const known = this.#state.vaults.find(({ info }) => info.id === vaultId)?.info.revision;
    if (known !== revision) void this.#lookAgain({});
  }

  #onLost(error: SecretsError): void {
    this.#growOld(error);
    this.#feed.retryLater();
  }

  // Lists.

  #loader(id: string): VaultLoader {
    const known = this.#loaders.get(id);
    if (known) return known;
    const loader = new VaultLoader({
      list: async (signal) => {
        const { service } = this.#connection;
        if (!service) throw failure('no_service');
        return service.secrets(id).list({ signal });
      },
      loaded: (secrets) =>
        this.#edit(id, (view) => {
          const before = 'secrets' in view.list ? view.list.secrets : [];
          return { ...view, list: { kind: 'ready', secrets: ordered(before, secrets), at: this.#now() } };
        }),
      failed: (error) =>
        this.#edit(id, (view) => ({ ...view, list: closedBy(error, view.info) ?? failing(view.list, error) })),
    });
    this.#loaders.set(id, loader);
    return loader;
  }

  #drop(id: string): void {
    this.#loaders.get(id)?.end();
    this.#loaders.delete(id);
  }

  async #run<T>(id: string, { send, begin, end = (view) => view, apply }: Command<T>): Promise<T> {
    if (begin) this.#edit(id, begin);
    try {
      const service = await this.service();
      const stored = await send(service.secrets(id));
      this.#edit(id, (view) => ({
        ...end(view),
        list: withSecrets(view.list, (secrets) => ordered(secrets, apply(secrets, stored))),
      }));
      this.#loaders.get(id)?.changed();
      return stored;
    } catch (error) {
      const known = toSecretsError(error);
      this.#edit(id, (view) => ({ ...end(view), list: closedBy(known, view.info) ?? view.list }));
      if (!LISTS_STAY.includes(known.kind)) void this.refresh(); // it may have happened, or not be there any more
      throw known;
    }
  }

  #edit(id: string, change: (view: VaultView) => VaultView): void {
    this.#set({ vaults: this.#state.vaults.map((view) => (view.info.id === id ? change(view) : view)) });
  }

  #set(changes: Partial<ModelState>): void {
    if (this.#ended.signal.aborted) return;
    const before = this.#state;
    this.#state = keepSame(before, { ...before, ...changes });
    if (this.#state !== before) for (const listener of [...this.#listeners]) tell(listener);
  }
}

/** A listener that fails fails alone: the error surfaces, but neither as a state nor in the way of other listeners. */
function tell(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
