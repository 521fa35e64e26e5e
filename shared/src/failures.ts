import { networkError } from '#network-errors';
import { failure, kindNamed } from './error-table.ts';
import type { ErrorKind, SecretsError } from './errors.ts';

type Details = Record<string, string | number>;

// prettier-ignore
const BY_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid', 401: 'unauthenticated', 403: 'forbidden', 404: 'not_found', 407: 'proxy', 408: 'timeout', 409: 'conflict',
  410: 'not_found', 411: 'too_large', 413: 'too_large', 422: 'invalid', 423: 'locked', 425: 'rate_limited', 429: 'rate_limited',
  502: 'server', 503: 'busy', 504: 'server', 507: 'disk_full', 511: 'proxy',
  // Asked for under another name than the service's own: it moved, and is looked for anew.
  421: 'offline',
};

/** The kind that a service's own code names. Nobody but the caller can cancel. */
export function kindOfCode(code: unknown): ErrorKind | undefined {
  return code === 'cancelled' ? undefined : kindNamed(code);
}

/** The failure behind a status of 400 and above whose body named none of our kinds. */
export function failureOfStatus(status: number, details: Details): SecretsError {
  const reason = status === 407 ? { reason: 'sign-in' } : status === 511 ? { reason: 'page' } : {};
  const unsupported = status === 405 || status === 415 || status === 501 ? { reason: 'unsupported' } : {};
  const kind = BY_STATUS[status] ?? (status >= 500 && status !== 501 ? 'server' : 'protocol');
  return failure(kind, { ...details, status, ...reason, ...unsupported });
}

/**
 * The failure behind what `fetch` threw; a page is not told why. `unsafe`: the request would have changed something, so
 * where it may have arrived that is said.
 */
export function failureOfNetwork(error: unknown, details: Details, unsafe: boolean): SecretsError {
  const found = networkError(error) ?? { kind: 'offline', details: {}, sent: true };
  const unfinished = unsafe && found.sent ? { reason: 'unfinished' } : {};
  return failure(found.kind, { ...details, ...found.details, ...unfinished });
}
