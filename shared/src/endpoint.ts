import { failure } from './error-table.ts';
import { SecretsError, type ErrorKind } from './errors.ts';
import { failureOfNetwork, failureOfStatus, kindOfCode } from './failures.ts';
import { decodeUtf8 } from './values.ts';
import { isKind, objectIn, readBounded, waitAskedFor } from './responses.ts';
import { errorDetails, fieldAtFault, isRefusal } from './wire.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface EndpointOptions {
  /** May have a path, e.g. `http://127.0.0.1:4711/vaults/local`; trailing slashes are tolerated. */
  readonly origin: string;
  /** What says who asks; a page is known by its cookies instead. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly fetch?: Fetch;
  /** For each attempt, up to the last byte of the answer. Default 30,000. */
  readonly timeoutMs?: number;
  /** Of GET only. Default: 3 attempts; to this machine, where trying again soon is of little use, 2. */
  readonly retry?: { readonly attempts: number; readonly delayMs: number };
  /**
   * The user's own service, or a page's own server (so it is without `headers`): errors then name no host, and bring the
   * details that the service gives. `ServiceClient` says so for all it makes.
   */
  readonly own?: boolean;
  /** Told how many items of a list could not be read and were left out; see `SecretsClient.list`. */
  readonly onSkipped?: (count: number) => void;
}

export interface Call extends CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Bytes of the answer that are read at most. */
  readonly maxBytes?: number;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The largest value, each byte of it a six-byte JSON escape, and some room. */
const MAX_ANSWER = 1 << 20;
/** A wait that a service asks for is honoured up to this; longer ones are for the user to decide. */
const MAX_WAIT_MS = 10_000;

/** One service at one address: asks, with time-outs and retries, and turns every way to fail into a `SecretsError`. */
export class Endpoint {
  readonly origin: string;
  readonly #own: boolean;
  readonly #loopback: boolean;
  readonly #host: Record<string, string>;
  readonly #headers: Readonly<Record<string, string>> | undefined;
  readonly #fetch: Fetch;
  /** Errors that the service itself named. */
  readonly #named = new WeakSet<SecretsError>();
  readonly #timeoutMs: number;
  readonly #retry: { readonly attempts: number; readonly delayMs: number };

  /** @throws invalid, reason `address` */
  constructor(options: EndpointOptions) {
    this.origin = options.origin.replace(/\/+$/, '');
    const url = parseOrigin(this.origin);
    this.#loopback = url === null || isLoopback(url.hostname);
    this.#own = options.own ?? !options.headers;
    this.#host = this.#own ? {} : { host: url?.host ?? '' };
    this.#headers = options.headers;
    this.#fetch = options.fetch ?? ((address, init) => globalThis.fetch(address, init));
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#retry = options.retry ?? (this.#loopback ? { attempts: 2, delayMs: 50 } : { attempts: 3, delayMs: 300 });
  }

  /** The JSON object that the service answers with; undefined where a success came without a body. */
  async ask(method: Method, path: string, call: Call = {}): Promise<Readonly<Record<string, unknown>> | undefined> {
    const attempts = method === 'GET' ? this.#retry.attempts : 1;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(method, path, call);
      } catch (error) {
        const wait = attempt < attempts ? this.#waitBefore(error, attempt) : null;
        if (wait === null) throw error;
        await sleep(wait, call.signal);
      }
    }
  }

  /** An answer that is read while it comes. The time-out holds until its first byte. */
  async open(path: string, accept: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#timed(this.#timeoutMs, signal, false, async (inTime) => {
      // The caller's own signal goes along, to end the answer after it has begun.
      const answer = await this.#send('GET', path, { headers: { accept } }, AbortSignal.any([inTime, signal]));
      if (!answer.ok) throw await this.#failureOf(answer, false);
      if (!isKind(answer, accept)) throw this.#strange(answer);
      return answer;
    });
    if (!response.body) throw failure('protocol', this.#host);
    return response.body;
  }

  /** Whether the service itself named the kind of this error, rather than its status alone. */
  named(error: SecretsError): boolean {
    return this.#named.has(error);
  }

  async #attempt(method: Method, path: string, call: Call): Promise<Readonly<Record<string, unknown>> | undefined> {
    return this.#timed(call.timeoutMs ?? this.#timeoutMs, call.signal, method !== 'GET', async (signal) => {
      const response = await this.#send(method, path, call, signal);
      if (!response.ok) throw await this.#failureOf(response, method !== 'GET');
      const body = await this.#read(response, call.maxBytes ?? MAX_ANSWER);
      if (body && isRefusal(body))
        throw this.#refusal(body, 'server', { ...this.#host, status: response.status, reason: 'refused' });
      return body;
    });
  }

  async #send(method: Method, path: string, { body, headers }: Call, signal: AbortSignal): Promise<Response> {
    const response = await this.#fetch(`${this.origin}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...this.#headers,
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
      redirect: 'manual',
      cache: 'no-store',
      ...(this.#headers && { credentials: 'omit' }),
    });
    // A page is not told the status of a redirect, only that there was one.
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      void response.body?.cancel().catch(() => undefined);
      throw failure('redirect', this.#host);
    }
    return response;
  }

  /** Runs `work` with a signal for both the caller's abort and the time-out, and says which of them ended it. */
  async #timed<T>(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    unsafe: boolean,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted) throw failure('cancelled');
    const controller = new AbortController();
    const abort = () => controller.abort();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      abort();
    }, timeoutMs);
    signal?.addEventListener('abort', abort);
    try {
      return await work(controller.signal);
    } catch (error) {
      if (signal?.aborted) throw failure('cancelled');
      const details = { ...this.#host, seconds: Math.ceil(timeoutMs / 1000) };
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the timer sets it meanwhile
      if (late) throw failure('timeout', unsafe ? { ...details, reason: 'unfinished' } : details);
      throw error instanceof SecretsError ? error : failureOfNetwork(error, this.#host, unsafe);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  async #failureOf(response: Response, unsafe: boolean): Promise<SecretsError> {
    const { status } = response;
    const seconds = waitAskedFor(response);
    const bytes = await readBounded(response, MAX_ANSWER);
    const body = objectIn((bytes && decodeUtf8(bytes)) ?? '');
    // A gateway's own page says something by its status, except where that would speak of a secret or of permission.
    if (!body && (status === 403 || status === 404)) return this.#strange(response);
    const details = { ...this.#host, status, ...(seconds !== null && { seconds }) };
    const unfinished = unsafe && (status === 502 || status === 504) ? { reason: 'unfinished' } : {};
    const byStatus = failureOfStatus(status, { ...details, ...unfinished });
    return body ? this.#refusal(body, byStatus.kind, byStatus.details) : byStatus;
  }

  /** The service's own code counts before the status; nothing of its text is kept. */
  #refusal(
    body: Readonly<Record<string, unknown>>,
    kind: ErrorKind,
    { reason, ...details }: SecretsError['details'],
  ): SecretsError {
    const code = kindOfCode(body['code']);
    const field = fieldAtFault(body);
    const error = failure(code ?? kind, {
      ...details,
      ...(code === undefined && reason !== undefined && { reason }),
      ...(field !== null && { field }),
      // Details from another machine could be anything; those of our own service are known.
      ...(this.#own && errorDetails(body)),
    });
    if (code !== undefined) this.#named.add(error);
    return error;
  }

  /** Something else than JSON: from far away a web page means that a proxy or a portal answered. */
  #strange(response: Response): SecretsError {
    const page = !this.#own && !this.#loopback && isKind(response, 'text/html');
    return page ? failure('proxy', { ...this.#host, reason: 'page' }) : failure('protocol', this.#host);
  }

  /** @throws protocol where the answer is longer than `maxBytes` or no UTF-8: then a value would be altered unseen. */
  async #read(response: Response, maxBytes: number): Promise<Readonly<Record<string, unknown>> | undefined> {
    const bytes = await readBounded(response, maxBytes);
    if (bytes === null) throw failure('protocol', { ...this.#host, reason: 'too-long' });
    if (bytes.length === 0) return undefined;
    const body = objectIn(decodeUtf8(bytes)?.replace(/^\ufeff/, '') ?? '');
    if (body === null) throw this.#strange(response);
    return body;
  }

  /** Milliseconds to wait before this failed GET is tried again, or null where that is of no use. */
  #waitBefore(error: unknown, attempt: number): number | null {
    if (!(error instanceof SecretsError)) return null;
    const { kind, details } = error;
    // What the service says of another machine it has tried again itself.
    const worthwhile = kind === 'busy' || (!this.#named.has(error) && (kind === 'offline' || kind === 'server'));
    const seconds = details['seconds'];
    if (typeof seconds === 'number' && (kind === 'rate_limited' || kind === 'busy')) {
      return seconds * 1000 <= MAX_WAIT_MS ? seconds * 1000 + Math.random() * 250 : null;
    }
    // Full jitter: clients that failed together do not come back together.
    return worthwhile ? Math.random() * this.#retry.delayMs * 2 ** attempt : null;
  }
}

/** Null for a path on the page's own server. */
export function parseOrigin(origin: string): URL | null {
  if (origin === '' || /^\/[^/\\]/.test(origin)) return null;
  const url = URL.canParse(origin) ? new URL(origin) : null;
  const plain = url && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!plain || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw failure('invalid', { reason: 'address' });
  return url;
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(failure('cancelled'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
