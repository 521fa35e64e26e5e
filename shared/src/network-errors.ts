/** What broke on the way to a service, as far as the thrown error tells. */
export interface NetworkError {
  readonly kind: 'offline' | 'timeout' | 'proxy' | 'certificate';
  /** Node's or OpenSSL's word for it, or of a proxy that wants a sign-in, `sign-in`. */
  readonly details: Readonly<Record<string, string>>;
  /** Whether something of the request may have arrived. */
  readonly sent: boolean;
}

/** Codes of OpenSSL (as Node names them) and of Node's own check of the host name. */
const CERTIFICATE =
  /^(CERT_|CRL_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_)/;
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/;
const BROKEN = /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE_CLOSE|UND_ERR_SOCKET)$/;
const LATE = /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/;

/**
 * Null when the error is of another kind. Node's `fetch` hides the code in `cause`, at times one more step down, and
 * undici tells of a proxy's refusal only in its message. Nothing of a message is kept: it may hold a header.
 */
export function networkError(error: unknown): NetworkError | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; cause = causeOf(cause), depth++) {
    if (cause.name === 'TimeoutError') return { kind: 'timeout', details: {}, sent: true };
    if (/^Proxy response \(\d+\)/.test(cause.message)) {
      return { kind: 'proxy', details: cause.message.includes('(407)') ? { reason: 'sign-in' } : {}, sent: false };
    }
    const code: unknown = Reflect.get(cause, 'code');
    if (typeof code !== 'string') continue;
    if (CERTIFICATE.test(code)) return { kind: 'certificate', details: { code }, sent: false };
    if (LATE.test(code)) return { kind: 'timeout', details: { code }, sent: true };
    if (UNSENT.test(code) || BROKEN.test(code)) return { kind: 'offline', details: { code }, sent: BROKEN.test(code) };
  }
  return null;
}

function causeOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
