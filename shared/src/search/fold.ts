/** A text without case and accents, and the way back from its offsets to those of the original. */
export interface Folded {
  readonly text: string;
  /** Offset in the original where the character at this offset begins; one more entry for the end. Null: the same. */
  readonly origins: readonly number[] | null;
}

const ACCENTS = /[\u0300-\u036f]/g;
// eslint-disable-next-line no-control-regex -- the point is the range
const ASCII = /^[\x00-\x7f]*$/;

/**
 * Character by character, because folding changes lengths: "é" may be one or two UTF-16 units, "İ" becomes two. An
 * accent of its own belongs to the letter before it.
 */
export function fold(text: string): Folded {
  if (ASCII.test(text)) return { text: text.toLowerCase(), origins: null };
  let folded = '';
  const origins: number[] = [];
  let offset = 0;
  for (const char of text) {
    const plain = char < '\x80' ? char.toLowerCase() : plainLetter(char);
    for (let i = 0; i < plain.length; i++) origins.push(offset);
    folded += plain;
    offset += char.length;
  }
  origins.push(text.length);
  return { text: folded, origins };
}

function plainLetter(char: string): string {
  return char.normalize('NFD').toLowerCase().normalize('NFD').replace(ACCENTS, '').replace('ς', 'σ');
}

/** A range of the folded text in the original: it ends where the next letter begins, so accents are inside. */
export function unfold({ origins }: Folded, [start, end]: readonly [number, number]): [number, number] {
  if (!origins) return [start, end];
  const last = origins[end - 1] ?? 0;
  let next = end;
  while (origins[next] === last) next++;
  return [origins[start] ?? 0, origins[next] ?? 0];
}
