import { MAX_FOUND, type FoundReference } from './find.ts';

/** Where no code runs (launch configurations, tasks, env files, YAML), a reference is `secret://NAME`. */
const SCHEME = 'secret://';

/** Percent-encoding keeps a name in one piece in every file format: only these characters stand for themselves. */
const PLAIN = /[^A-Za-z0-9_~.-]/gu;

/** A dot at the end is encoded too, so that a sentence may end after a reference. */
export function writeUri(name: string): string {
  return (
    SCHEME + name.replace(PLAIN, (char) => encodeURIComponent(char).replace(/[!'()*]/, percent)).replace(/\.$/, '%2E')
  );
}

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

/** Letters beyond ASCII are understood unencoded too, as people type them. */
const URI = /secret:\/\/([\p{L}\p{M}\p{N}_~.%-]+)/gu;

export function* findUris(text: string): Generator<FoundReference> {
  let left = MAX_FOUND; // counts what cannot be decoded too: failing costs most
  for (const match of text.matchAll(URI)) {
    let end = match.index + match[0].length;
    while (text[end - 1] === '.') end--;
    const name = decode(text.slice(match.index + SCHEME.length, end));
    if (name) yield { name, start: match.index, end };
    if (--left === 0) return;
  }
}

function decode(written: string): string | null {
  try {
    return decodeURIComponent(written);
  } catch {
    return null; // a stray percent sign: not a reference
  }
}
