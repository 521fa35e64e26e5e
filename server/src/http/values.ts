import { isUtf8 } from 'node:buffer';
import { MAX_VALUE_BYTES, SecretsError } from '@datalayer-secrets/shared';
import type { ValueEncoding } from './body.ts';

/**
 * The bytes of a value on the wire. What encoding they have is told by the request or the server's setting, never
 * guessed: `password` is valid base64. Node's decoder takes almost anything, so the result must encode to the same text.
 * @throws SecretsError `invalid`, `too_large` with `bytes` and `limit`
 */
export function decodeValue(text: string, encoding: ValueEncoding): Buffer {
  const value = encoding === 'base64' ? Buffer.from(text, 'base64') : Buffer.from(text, 'utf8');
  if (encoding === 'base64' && value.toString('base64') !== text) {
    throw new SecretsError('invalid', 'The value is not valid base64.', { field: 'value' });
  }
  const bytes = value.byteLength;
  if (bytes > MAX_VALUE_BYTES) {
    value.fill(0);
    throw new SecretsError('too_large', `The value has ${bytes} bytes; at most ${MAX_VALUE_BYTES} are possible.`, {
      bytes,
      limit: MAX_VALUE_BYTES,
    });
  }
  return value;
}

/** The text for a value's bytes, which are wiped. Bytes that are no text go as base64 whatever was asked for. */
export function encodeValue(value: Buffer, wanted: ValueEncoding): { value_s: string; encoding: ValueEncoding } {
  const encoding = wanted === 'plain' && !isUtf8(value) ? 'base64' : wanted;
  const value_s = value.toString(encoding === 'plain' ? 'utf8' : 'base64');
  value.fill(0);
  return { value_s, encoding };
}
