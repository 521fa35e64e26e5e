import type { IncomingMessage, ServerResponse } from 'node:http';
import { SecretsError } from '@datalayer-secrets/shared';
import { causeOf, type Log } from '../service/log.ts';
import { failure, type Answer } from './answer.ts';
import type { App } from './parts.ts';
import { Refusal } from './refusal.ts';

/** How long a client may go on sending what nobody reads after its answer. */
const UNREAD_MS = 500;

/**
 * Node's request and response on one side, Hono's on the other. Hono and the routes use little of a `Request`, and that
 * little is here: the global class, and @hono/node-server with it, would load Node's fetch and HTTP/2 at start.
 */
export function listener(app: App, log: Log): (message: IncomingMessage, response: ServerResponse) => void {
  return (message, response) => {
    // A request that cannot be answered costs its own connection, never the service and with it every open vault.
    const giveUp = (error: unknown) => {
      log('answer failed', { method: message.method ?? 'none', ...causeOf(error) });
      response.destroy();
    };
    void answerTo(app, message, response, log)
      .then((answer) => write(message, response, answer, giveUp))
      .catch(giveUp);
  };
}

async function answerTo(app: App, message: IncomingMessage, response: ServerResponse, log: Log): Promise<Answer> {
  try {
    if (repeatsOne(message.rawHeaders)) throw new SecretsError('invalid', 'A header came twice.');
    // Hono answers HEAD with a `Response` of its own making around ours.
    if (message.method === 'HEAD') throw new Refusal(403, 'forbidden', 'This method is not served.');
    const answered: unknown = await app.fetch(new IncomingRequest(message, response) as unknown as Request);
    return answered as Answer;
  } catch (error) {
    // The app logs what fails in it; this failed before or around it.
    if (!(error instanceof SecretsError)) log('request failed', { status: 500, code: 'unexpected', ...causeOf(error) });
    return failure(error) as unknown as Answer;
  }
}

class IncomingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;
  #gone: AbortController | undefined;

  constructor(message: IncomingMessage, response: ServerResponse) {
    this.#message = message;
    this.#response = response;
    this.method = message.method ?? '';
    // An absolute address is for proxies; the path of nothing leads nowhere.
    this.url = message.url?.startsWith('/') === true ? `http://127.0.0.1${message.url}` : 'http://127.0.0.1/%00';
    this.headers = { get: (name) => headerOf(message, name) };
  }

  /** Aborted when the client hangs up before its answer. */
  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      const gone = (this.#gone = new AbortController());
      this.#response.once('close', () => {
        if (!this.#response.writableFinished) gone.abort();
      });
    }
    return this.#gone.signal;
  }

  /** Reading may end early: the answer still needs the connection. */
  get body(): AsyncIterable<Uint8Array> {
    return this.#message.iterator({ destroyOnReturn: false });
  }

  arrayBuffer(): Promise<Uint8Array> {
    const message = this.#message;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const broken = () => {
        if (!message.complete) reject(new SecretsError('invalid', 'The request broke off.', { field: 'body' }));
      };
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
      message.on('error', broken);
      message.on('close', broken);
    });
  }
}

/** Of these Node keeps the first and drops the others silently; a program on the way may have looked at another one. */
const SINGLE = new Set(['host', 'authorization', 'content-type', 'origin', 'content-length']);

function repeatsOne(rawHeaders: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (!SINGLE.has(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

function headerOf(message: IncomingMessage, name: string): string | null {
  const found = message.headers[name.toLowerCase()];
  return found === undefined ? null : typeof found === 'string' ? found : found.join(', ');
}

function write(
  message: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Answer,
  giveUp: (error: unknown) => void,
): void {
  const unread = !message.complete;
  if (unread) response.setHeader('connection', 'close'); // what follows could be anything
  if (typeof body === 'string') {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    if (unread) endAfterRest(message, response, body);
    else response.end(body);
    return;
  }
  if (unread) message.resume();
  response.writeHead(status, headers);
  response.flushHeaders();
  pump(body, response).catch(giveUp);
}

/**
 * The answer to a body that was refused unread. Node closes the connection right after an answer is ended, and where bytes lie unread
 * at that moment the system resets it, which can take the answer from the client too. So it is written, and ended once the rest has come.
 */
function endAfterRest(message: IncomingMessage, response: ServerResponse, body: string): void {
  response.write(body);
  message.resume();
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, UNREAD_MS).unref();
  message.once('end', end).once('close', end);
}

async function pump(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  response.once('close', () => void reader.cancel().catch(() => undefined));
  response.on('error', () => undefined);
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (!response.write(next.value))
      await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
  }
  response.end();
}
