import { isLoopback, parseOrigin, type EndpointOptions } from './endpoint.ts';
import { failure } from './error-table.ts';

export interface ClientOptions extends EndpointOptions {
  /** The bearer; absent in pages. Only sent by https, or to this machine. */
  readonly token?: string;
  /** How this service writes values; an `encoding` in its answer wins. Default `plain`. */
  readonly valueEncoding?: 'plain' | 'base64';
}

/** The same with the token in a header. @throws invalid, reason `address`, `insecure` (no https) or `token` */
export function signed({ token, ...options }: ClientOptions): EndpointOptions {
  if (token === undefined) return options;
  const url = parseOrigin(options.origin);
  if (!/^[\x21-\x7e]+$/.test(token)) throw failure('invalid', { reason: 'token', field: 'token' });
  if (url === null) throw failure('invalid', { reason: 'address' });
  if (url.protocol !== 'https:' && !isLoopback(url.hostname))
    throw failure('invalid', { reason: 'insecure', host: url.host });
  return { ...options, headers: { authorization: `Bearer ${token}` } };
}
