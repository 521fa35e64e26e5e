import { Agent, ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { failure, type Fetch } from '@datalayer-secrets/shared';
import { Handshake } from './handshake.ts';

export type LoopbackFetch = Fetch & {
  /** Ends every connection; later calls fail as `offline`. */
  close(): void;
};

/** Longer answers, and those of unknown length, are handed on while they come. */
const IN_ONE_PIECE = 1 << 20;

/** Every socket of this pool has proved who is at its other end before a request is written to it. */
class VerifiedAgent extends Agent {
  readonly #handshake: Handshake;

  constructor(handshake: Handshake) {
    super({ keepAlive: true, maxFreeSockets: 32 });
    this.#handshake = handshake;
  }

  override createConnection(...[, done]: Parameters<Agent['createConnection']>): undefined {
    this.#handshake.connect().then(
      (socket) => done?.(null, socket),
      // Node's types promise a stream beside the error; the agent looks at the error only.
      (error: unknown) => (done as ((error: unknown) => void) | undefined)?.(error),
    );
  }
}

/**
 * `fetch` for the service at 127.0.0.1:`port`, for whoever holds `token`. Each new connection first asks the other end to
 * prove that it knows the token; only then is anything of a request, bearer and body included, written to it. As a
 * connection cannot change hands, kept ones need not be asked again.
 *
 * Requests are made by `ClientRequest` itself: in VS Code's extension host `http.request` is patched and, by default,
 * swaps the agent for one that may use a proxy (microsoft/vscode-proxy-agent, `createHttpPatch`), which would leave out
 * the proof. No proxy variable is looked at.
 *
 * @throws SecretsError `offline` (nothing listens), `timeout` (no proof in 10 s), `impostor` (something else listens),
 * `redirect`, `invalid` for any other address; what breaks a request under way is thrown as Node's own error
 */
export function createLoopbackFetch({ port, token }: { port: number; token: string }): LoopbackFetch {
  const handshake = new Handshake(port, token);
  const agent = new VerifiedAgent(handshake);
  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}/`;

  const fetch: Fetch = (url, init) =>
    new Promise((resolve, reject) => {
      const signal = init.signal ?? undefined;
      if (signal?.aborted) throw aborted();
      if (!url.startsWith(origin)) throw failure('invalid', { reason: 'address' });
      const body = bytesOf(init.body);
      const request = new ClientRequest({
        agent,
        host: '127.0.0.1',
        port,
        method: init.method ?? 'GET',
        path: url.slice(origin.length - 1).replace(/#.*/s, ''),
        setHost: false,
        headers: {
          ...headersOf(init.headers),
          host,
          ...(body !== undefined && { 'content-length': body.byteLength }),
        },
      });
      const abort = () => {
        reject(aborted()); // a request that waits for its socket would tell only when it gets one
        request.destroy(aborted());
      };
      signal?.addEventListener('abort', abort);
      request.once('close', () => signal?.removeEventListener('abort', abort));
      request.on('error', reject);
      request.on('response', (message) => {
        toResponse(message).then(resolve, reject);
      });
      request.end(body);
    });

  const close = () => {
    handshake.close();
    agent.destroy();
  };
  return Object.assign(fetch, { close });
}

async function toResponse(message: IncomingMessage): Promise<Response> {
  const status = message.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    message.destroy();
    throw failure('redirect');
  }
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2) {
    headers.push([message.rawHeaders[at] ?? '', message.rawHeaders[at + 1] ?? '']);
  }
  const length = Number(message.headers['content-length'] ?? Number.NaN);
  if (status === 204 || status === 205 || length === 0) {
    message.resume();
    return new Response(null, { status, headers });
  }
  const body =
    length <= IN_ONE_PIECE ? await collect(message) : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
  return new Response(body, { status, headers });
}

function collect(message: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => resolve(Buffer.concat(chunks)));
    message.on('error', reject);
  });
}

function bytesOf(body: RequestInit['body']): Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError('A body is text or bytes.');
}

function headersOf(headers: RequestInit['headers']): OutgoingHttpHeaders {
  return headers instanceof Headers || Array.isArray(headers)
    ? Object.fromEntries(new Headers(headers))
    : { ...headers };
}

function aborted(): DOMException {
  return new DOMException('The request was aborted.', 'AbortError');
}
