import { failure } from './error-table.ts';
import { SecretValue } from './secret.ts';

/** How a value is written on the wire. */
export type ValueEncoding = 'plain' | 'base64';

/** False when the text holds half of a surrogate pair, which UTF-8 cannot write. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Standard alphabet, padded, no line breaks. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  // One call for all of them would exceed the number of arguments an engine takes.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/**
 * Null for anything but what `encodeBase64` writes: no blanks, no missing padding, no URL alphabet, no spare bits.
 * Lenient decoders make garbage of a plain value; here `null` says that it is not base64.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  if (btoa(binary) !== text) return null;
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null when the bytes are not UTF-8. A byte order mark is part of the text. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

/**
 * The value that was meant by `text` in this encoding.
 * @throws protocol, reason `encoding` (not base64) or `binary` (base64 of something that is no text). Whether a text
 * is plain or base64 cannot be seen from it (`password` is valid base64), so nothing is guessed.
 */
export function readValue(text: string, encoding: ValueEncoding): SecretValue {
  if (encoding === 'plain') {
    if (!isWellFormed(text)) throw failure('protocol', { reason: 'binary' });
    return new SecretValue(text);
  }
  const bytes = decodeBase64(text);
  if (bytes === null) throw failure('protocol', { reason: 'encoding' });
  const decoded = decodeUtf8(bytes);
  if (decoded === null) throw failure('protocol', { reason: 'binary' });
  return new SecretValue(decoded);
}

export function writeValue(value: SecretValue, encoding: ValueEncoding): string {
  return encoding === 'plain' ? value.expose() : encodeBase64(new TextEncoder().encode(value.expose()));
}
