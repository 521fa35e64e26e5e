import {
  SecretsError,
  SecretsModel,
  type ChangeListener,
  type ModelService,
  type NewSecret,
  type PageSecrets,
  type Secret,
  type SecretList,
  type ServiceStatus,
  type SignInOffer,
  type VaultInfo,
} from '../../../../shared/src/index.ts';

export function secret(name: string, more: Partial<Secret> = {}): Secret {
  return { uid: `uid-${name}`, name, description: '', type: 'generic', kwargs: {}, ...more };
}

export function vault(id: string, more: Partial<VaultInfo> = {}): VaultInfo {
  const local = id === 'local';
  return {
    id,
    kind: local ? 'local' : 'datalayer',
    label: id,
    origin: local ? null : 'https://example.com',
    state: local ? 'open' : 'ready',
    account: null,
    tokenPlace: local ? null : 'own-entry',
    failure: null,
    revision: 1,
    ...more,
  };
}

const STATUS: ServiceStatus = {
  version: '0.1.0',
  protocol: 1,
  host: 'here',
  pid: 1,
  state: 'open',
  slots: ['keychain'],
  openedBy: 'keychain',
  keychain: 'available',
  quietUnlock: true,
};

/** A promise that the test settles. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((done, failed) => ([resolve, reject] = [done, failed]));
  return { promise, resolve, reject };
}

export const fail = (kind: SecretsError['kind']) => new SecretsError(kind, `It is ${kind}.`);

/**
 * A service whose answers the test decides. `hold` keeps the answers to one route back until the test lets them go; they
 * are then what was true when the request came.
 */
export class ServiceDouble implements ModelService {
  running = true;
  report: ServiceStatus = STATUS;
  infos: VaultInfo[] = [vault('local')];
  offers: SignInOffer[] = [];
  stored = new Map<string, Secret[]>([['local', [secret('B'), secret('A')]]]);
  /** Failure by route: `status`, `vaults`, `list local`, `create local`, … */
  failures = new Map<string, SecretsError>();
  /** Requests in the order they came. */
  calls: string[] = [];
  signals = new Map<string, AbortSignal | undefined>();
  readonly #held = new Map<string, (() => void)[]>();

  status = (options?: { signal?: AbortSignal }) => this.#answer('status', options, () => this.report);
  vaults = (options?: { signal?: AbortSignal }) =>
    this.#answer('vaults', options, () => ({ vaults: [...this.infos], offers: [...this.offers] }));

  secrets = (id: string): PageSecrets => {
    const list = () => this.stored.get(id) ?? [];
    const keep = (secrets: Secret[]) => this.stored.set(id, secrets);
    const uidOf = (target: string | Secret) => (typeof target === 'string' ? target : target.uid);
    const change = (target: string | Secret, changes: Partial<Secret>): Secret => {
      const old = list().find(({ uid }) => uid === uidOf(target));
      if (!old) throw fail('not_found');
      const changed = { ...old, ...changes };
      keep([...list().filter((other) => other !== old), changed]);
      return changed;
    };
    return {
      list: (options) => this.#answer(`list ${id}`, options, () => [...list()]),
      create: ({ name, description, type }: NewSecret, options) =>
        this.#answer(`create ${id}`, options, () => {
          const created = secret(name, { description, type });
          keep([...list(), created]);
          return created;
        }),
      update: (target, changes, options) => this.#answer(`update ${id}`, options, () => change(target, changes)),
      replaceValue: (target, _value, options) =>
        this.#answer(`replace ${id}`, options, () => change(target, { uid: `${uidOf(target)}-new` })),
      delete: (target, options) =>
        this.#answer(`delete ${id}`, options, () => {
          change(target, {});
          keep(list().filter(({ uid }) => uid !== uidOf(target)));
        }),
    };
  };

  /** Answers to this route wait until the returned function is called; it lets the oldest go. */
  hold(route: string): () => Promise<void> {
    const waiting: (() => void)[] = [];
    this.#held.set(route, waiting);
    return async () => {
      waiting.shift()?.();
      await settle();
    };
  }

  release(route: string): void {
    this.#held.delete(route);
  }

  count(route: string): number {
    return this.calls.filter((call) => call === route).length;
  }

  async #answer<T>(
    route: string,
    options: { readonly signal?: AbortSignal | undefined } | undefined,
    answer: () => T,
  ): Promise<T> {
    this.calls.push(route);
    this.signals.set(route, options?.signal);
    const failure = this.failures.get(route);
    const value = failure ? null : { answered: answer() };
    const waiting = this.#held.get(route);
    if (waiting) await new Promise<void>((resolve) => waiting.push(resolve));
    if (failure) throw failure;
    return (value as { answered: T }).answered;
  }
}

/** Lets everything run that waits for nothing but promises. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

export class ModelUnderTest {
  readonly service = new ServiceDouble();
  readonly connects: boolean[] = [];
  connectFailure: SecretsError | null = null;
  emitted = 0;
  now = 1_000_000;
  /** Open subscriptions, oldest first. */
  readonly streams: { change: ChangeListener; lost: (error: SecretsError) => void }[] = [];
  readonly model: SecretsModel;

  constructor() {
    this.model = new SecretsModel({
      connect: ({ start }) => {
        this.connects.push(start);
        if (this.connectFailure) return Promise.reject(this.connectFailure);
        if (start) this.service.running = true;
        return Promise.resolve(this.service.running ? this.service : null);
      },
      changes: () => (change, lost) => {
        const stream = { change, lost };
        this.streams.push(stream);
        return () => void this.streams.splice(this.streams.indexOf(stream), 1);
      },
      now: () => this.now,
    });
    this.model.onChange(() => this.emitted++);
  }

  list(id = 'local'): SecretList | undefined {
    return this.model.state.vaults.find(({ info }) => info.id === id)?.list;
  }

  names(id = 'local'): string[] | undefined {
    const list = this.list(id);
    return list && 'secrets' in list ? list.secrets.map(({ name }) => name) : undefined;
  }

  kind(id = 'local'): SecretList['kind'] | undefined {
    return this.list(id)?.kind;
  }
}
