import { SecretsError } from '@datalayer-secrets/shared';
import { Refusal } from './refusal.ts';
import { toFailure } from './statuses.ts';

/** On every answer. */
const STATIC_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};
const JSON_HEADERS = { ...STATIC_HEADERS, 'content-type': 'application/json' };
const STREAM_HEADERS = { ...STATIC_HEADERS, 'content-type': 'text/event-stream' };

/**
 * What a route answers: the three fields of a `Response` that are needed, since Hono hands through whatever a handler
 * returns. The global `Response` itself would load Node's fetch at start, which takes as long as Node's whole start.
 */
export class Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | ReadableStream<Uint8Array>;

  private constructor(status: number, headers: Readonly<Record<string, string>>, body: Answer['body']) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  static json(status: number, content: object, headers: Readonly<Record<string, string>> = {}): Response {
    return new Answer(status, { ...JSON_HEADERS, ...headers }, JSON.stringify(content)) as unknown as Response;
  }

  static events(body: ReadableStream<Uint8Array>): Response {
    return new Answer(200, STREAM_HEADERS, body) as unknown as Response;
  }
}

export function answer(message: string, content: object = {}, status = 200): Response {
  return Answer.json(status, { success: true, message, ...content });
}

export function failure(error: unknown): Response {
  const { status, body } = toFailure(error, error instanceof Refusal ? error.status : undefined);
  const wait = error instanceof SecretsError ? error.details['seconds'] : undefined;
  return Answer.json(status, body, wait === undefined ? {} : { 'retry-after': String(wait) });
}
