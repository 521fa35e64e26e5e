import { SecretsError } from '@datalayer-secrets/shared';
import { Refusal } from './refusal.ts';
import { toFailure } from './statuses.ts';

/** On every answer. Plain objects: the adapter writes them without building a `Headers`. */
const STATIC_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};
const JSON_HEADERS = { ...STATIC_HEADERS, 'content-type': 'application/json' };
export const STREAM_HEADERS = { ...STATIC_HEADERS, 'content-type': 'text/event-stream' };

export function answer(message: string, content: object = {}, status = 200): Response {
  return new Response(JSON.stringify({ success: true, message, ...content }), { status, headers: JSON_HEADERS });
}

export function failure(error: unknown): Response {
  const { status, body } = toFailure(error, error instanceof Refusal ? error.status : undefined);
  const wait = error instanceof SecretsError ? error.details['seconds'] : undefined;
  const headers = wait === undefined ? JSON_HEADERS : { ...JSON_HEADERS, 'retry-after': String(wait) };
  return new Response(JSON.stringify(body), { status, headers });
}
