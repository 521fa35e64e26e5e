/// <reference lib="es2024.string" />
import { SecretsError } from '@datalayer-secrets/shared';

const MAX_DEPTH = 16;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON as two parsers in a row would understand it alike: UTF-8 must be valid, no key may come twice or be
 * `__proto__` (`JSON.parse` keeps the last one silently, and no schema sees it), no text may hold half a surrogate pair.
 * @throws SecretsError `invalid`; its message never holds anything of the input.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  let parsed: unknown;
  try {
    text = decoder.decode(bytes);
    parsed = JSON.parse(text);
  } catch {
    throw new SecretsError('invalid', 'The body is not valid JSON in UTF-8.', { field: 'body' });
  }
  checkKeys(text);
  checkTexts(parsed);
  return parsed;
}

/** Walks text that `JSON.parse` has accepted, so quotes and brackets can be trusted to match. */
function checkKeys(text: string): void {
  const scopes: (Set<string> | null)[] = [];
  let keyMayFollow = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x7b: // {
        scopes.push(new Set());
        keyMayFollow = true;
        break;
      case 0x5b: // [
        scopes.push(null);
        keyMayFollow = false;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        scopes.pop();
        keyMayFollow = false;
        break;
      case 0x2c: // ,
        keyMayFollow = scopes.at(-1) !== null;
        break;
      case 0x22: {
        const end = endOfText(text, i);
        if (keyMayFollow) {
          addKey(scopes.at(-1) ?? null, text.slice(i, end + 1));
          keyMayFollow = false;
        }
        i = end;
        break;
      }
      default:
    }
    if (scopes.length > MAX_DEPTH)
      throw new SecretsError('invalid', 'The body is nested too deeply.', { field: 'body' });
  }
}

function addKey(keys: Set<string> | null, quoted: string): void {
  const key = JSON.parse(quoted) as string; // two spellings of one key are one key
  if (keys === null) return;
  if (key === '__proto__')
    throw new SecretsError('invalid', 'The body has a key that is not allowed.', { field: 'body' });
  if (keys.has(key)) throw new SecretsError('invalid', 'The body has a key twice.', { field: 'body' });
  keys.add(key);
}

/** Position of the closing quote: the next one with an even number of backslashes before it. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function checkTexts(value: unknown): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed())
      throw new SecretsError('invalid', 'A text in the body is not valid Unicode.', { field: 'body' });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      checkTexts(key);
      checkTexts(inner);
    }
  }
}
