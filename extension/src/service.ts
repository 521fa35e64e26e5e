import { createLoopbackFetch, type LoopbackFetch } from '@datalayer-secrets/loopback';
import { SecretsError, ServiceClient, type EnsureAnswer } from '@datalayer-secrets/shared';

import { untilAborted } from './abort.ts';
import type { Log } from './log.ts';

/** Stands for the service in the client's addresses: its port changes when it starts anew, the client stays. */
const ORIGIN = 'http://127.0.0.1';

export interface ServiceOptions {
  ensure(options: { start: boolean; signal: AbortSignal }): Promise<EnsureAnswer>;
  /** Whether a request that finds the service gone may start it: true while the user waits for something. */
  mayStart(): boolean;
  readonly log: Log;
}

interface Session {
  readonly origin: string;
  readonly token: string;
  readonly fetch: LoopbackFetch;
}

/** The service as this window knows it. Its one client outlives restarts of the service. */
export class LocalService {
  readonly client = new ServiceClient({ origin: ORIGIN, fetch: (url, init) => this.#fetch(url, init) });
  readonly #options: ServiceOptions;
  readonly #ended = new AbortController();
  #session: Session | null = null;
  #asking: { readonly start: boolean; readonly answer: Promise<EnsureAnswer> } | null = null;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /**
   * The client of a running service, or what is known while none runs; with `start` one is started.
   * @throws elsewhere, and what `ensure` throws.
   */
  async find(options: {
    start: boolean;
    signal?: AbortSignal;
  }): Promise<ServiceClient | { used: boolean; quiet: boolean }> {
    if (this.#session) return this.client;
    const answer = await untilAborted(this.#ask(options.start), options.signal);
    switch (answer.state) {
      case 'none':
        return answer;
      case 'elsewhere':
        throw new SecretsError('elsewhere', 'The vault is in use on another machine.', { host: answer.host });
      case 'new':
      case 'locked':
      case 'open':
        this.#session ??= { ...answer, fetch: this.#connect(answer) };
        return this.client;
    }
  }

  /** Tells the service that this window will not come back, so that an update of the editor finds it gone. */
  async leave(): Promise<void> {
    if (this.#session) await this.client.leave({ signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
  }

  dispose(): void {
    this.#ended.abort();
    this.#drop(this.#session);
  }

  /** Asks `ensure` once for all who ask at the same time. */
  async #ask(start: boolean): Promise<EnsureAnswer> {
    for (let asking = this.#asking; asking; asking = this.#asking) {
      const answer = await asking.answer;
      // Who wants it started does not take "none" for an answer.
      if (answer.state !== 'none' || asking.start || !start) return answer;
    }
    const began = Date.now();
    const answer = this.#options.ensure({ start, signal: this.#ended.signal }).finally(() => (this.#asking = null));
    this.#asking = { start, answer };
    const { state } = await answer;
    this.#options.log.info('ensure', { start, state, ms: Date.now() - began });
    return answer;
  }

  #connect({ origin, token }: { origin: string; token: string }): LoopbackFetch {
    return createLoopbackFetch({ port: Number(new URL(origin).port), token });
  }

  /**
   * One request. When the service is gone or does not know us (it was started anew), nothing was done, so the request is sent
   * once more to the one that `ensure` names now.
   */
  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const session = this.#session ?? (await this.#renew(init.signal));
    try {
      const response = await send(session, url, init);
      if (!(await refused(session, response.status, init.signal))) return response;
      await response.body?.cancel();
    } catch (error) {
      // These two are thrown before anything of the request was sent; what broke later may have been done.
      if (!(error instanceof SecretsError) || !['offline', 'impostor'].includes(error.kind)) throw error;
    }
    this.#drop(session);
    return send(await this.#renew(init.signal), url, init);
  }

  async #renew(signal: AbortSignal | null | undefined): Promise<Session> {
    await this.find({ start: this.#options.mayStart(), ...(signal ? { signal } : {}) });
    if (!this.#session) throw new SecretsError('no_service', 'The secrets service is not running.');
    return this.#session;
  }

  #drop(session: Session | null): void {
    session?.fetch.close();
    if (this.#session === session) this.#session = null;
  }
}

function send(session: Session, url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${session.token}`);
  return session.fetch(session.origin + url.slice(ORIGIN.length), { ...init, headers });
}

/**
 * Whether an answer means that this service does not know us: 421, another one's port; 401, our token is from an earlier one. A 401
 * can also be about the sign-in to a remote vault, so our own token is tried alone.
 */
async function refused(session: Session, status: number, signal: AbortSignal | null | undefined): Promise<boolean> {
  if (status !== 401) return status === 421;
  const url = `${ORIGIN}/api/vault/v1/status`;
  const answer = await send(session, url, { method: 'GET', signal: signal ?? null });
  await answer.body?.cancel();
  return answer.status === 401;
}
