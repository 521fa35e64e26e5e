import { failure } from './error-table.ts';
import { ERROR_KINDS, type ErrorKind, type SecretsError } from './errors.ts';

type Details = Record<string, string | number>;

const BY_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid', 401: 'unauthenticated', 403: 'forbidden', 404: 'not_found', 407: 'proxy', 408: 'timeout', 409: 'conflict',
  410: 'not_found', 411: 'too_large', 413: 'too_large', 422: 'invalid', 423: 'locked', 425: 'rate_limited', 429: 'rate_limited',
  502: 'server', 503: 'busy', 504: 'server', 507: 'disk_full', 511: 'proxy',
  // Asked for under another name than the service's own: it moved, and is looked for anew.
  421: 'offline',
}; // prettier-ignore

/** The kind that a service's own code names. Nobody but the caller can cancel. */
export function kindOfCode(code: unknown): ErrorKind | undefined {
  return ERROR_KINDS.find((kind) => kind === code && kind !== 'cancelled');
}

/** The failure behind a status of 400 and above whose body named none of our kinds. */
export function failureOfStatus(status: number, details: Details): SecretsError {
  const reason = status === 407 ? { reason: 'sign-in' } : status === 511 ? { reason: 'page' } : {};
  const unsupported = status === 405 || status === 415 || status === 501 ? { reason: 'unsupported' } : {};
  const kind = BY_STATUS[status] ?? (status >= 500 && status !== 501 ? 'server' : 'protocol');
  return failure(kind, { ...details, status, ...reason, ...unsupported });
}

/** Codes of OpenSSL (as Node names them) and of Node's own check of the host name. */
const CERTIFICATE =
  /^(CERT_|CRL_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_)/;

/** With these nothing had been sent. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/;

/**
 * The failure behind what `fetch` threw. Node hides the code in `cause`, at times one more step down. `unsafe`: the
 * request would have changed something, so where it may have been sent that is said. The error itself is dropped: its
 * message may hold a header.
 */
export function failureOfNetwork(error: unknown, details: Details, unsafe: boolean): SecretsError {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; cause = causeOf(cause), depth++) {
    const code: unknown = Reflect.get(cause, 'code');
    if (/^Proxy response \(\d+\)/.test(cause.message)) {
      return failure('proxy', { ...details, ...(cause.message.includes('(407)') ? { reason: 'sign-in' } : {}) });
    }
    if (typeof code !== 'string') continue;
    if (CERTIFICATE.test(code)) return failure('certificate', { ...details, code });
    if (UNSENT.test(code)) return failure('offline', { ...details, code });
    if (/^[A-Z_]{3,40}$/.test(code)) details = { ...details, code };
  }
  return failure('offline', unsafe ? { ...details, reason: 'unfinished' } : details);
}

function causeOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
