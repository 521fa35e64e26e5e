import { fold, unfold, type Folded } from './fold.ts';

/** UTF-16 offsets [start, end). */
export type Range = [number, number];

const LETTER = /\p{L}/u;
const MARK = /\p{M}/u;
const DIGIT = /\p{N}/u;
const UPPER = /\p{Lu}/u;

type CharKind = 'lower' | 'upper' | 'digit' | 'other';

/** One text that is searched: folded, with the offsets at which words start. */
export class Field {
  readonly #folded: Folded;
  /** Folded. Of its own, because a search through thousands pays for every step from object to object. */
  readonly #text: string;
  readonly #starts: readonly number[];
  /** Which letters occur, by a bit each: rules most texts out at once. See `letterSet`. */
  readonly letters: number;

  constructor(text: string) {
    this.#folded = fold(text);
    this.#text = this.#folded.text;
    this.#starts = wordStarts(text, this.#folded);
    this.letters = letterSet(this.#text);
  }

  /** Offset of the best occurrence of `word`, which is never empty: at the start, at the start of a word, anywhere; else -1. */
  find(word: string): number {
    const text = this.#text;
    const first = text.indexOf(word);
    if (first <= 0) return first;
    for (const start of this.#starts) if (start >= first && text.startsWith(word, start)) return start;
    return first;
  }

  /** 0: not found, 1: inside a word, 2: at the start of a word, 3: at the start, 4: the whole text. */
  rank(word: string): number {
    const at = this.find(word);
    if (at === -1) return 0;
    if (at === 0) return word.length === this.#text.length ? 4 : 3;
    return this.#starts.includes(at) ? 2 : 1;
  }

  /**
   * Offsets of the letters of `word` in their order with others between them, or null. Letters that start a word or
   * follow the one before are preferred: "oak" are the initials of OPENAI_API_KEY.
   */
  scattered(word: string): number[] | null {
    if (!this.#holdsScattered(word)) return null;
    return this.#scatter(word, true) ?? this.#scatter(word, false);
  }

  /** The same within a single word of the text and from its start, for texts that are sentences. */
  scatteredInWord(word: string): number[] | null {
    const text = this.#text;
    for (const start of this.#starts) {
      if (text.charCodeAt(start) !== word.charCodeAt(0)) continue;
      const offsets = [start];
      for (let at = start + 1; at < text.length && offsets.length < word.length && !isGap(text.charCodeAt(at)); at++) {
        if (text.charCodeAt(at) === word.charCodeAt(offsets.length)) offsets.push(at);
      }
      if (offsets.length === word.length) return offsets;
    }
    return null;
  }

  /** From 0 to 1: how many letters start a word (best) or follow the one before. */
  quality(offsets: readonly number[]): number {
    let points = 0;
    offsets.forEach((at, index) => {
      if (this.#starts.includes(at)) points += 3;
      else if (at - 1 === offsets[index - 1]) points += 2;
    });
    return points / (3 * offsets.length);
  }

  /** A range of the folded text in the text as it is. */
  original(range: Range): Range {
    return unfold(this.#folded, range);
  }

  #holdsScattered(word: string): boolean {
    let at = -1;
    for (let i = 0; i < word.length; i++) {
      at = this.#text.indexOf(word.charAt(i), at + 1);
      if (at === -1) return false;
    }
    return true;
  }

  #scatter(word: string, preferStarts: boolean): number[] | null {
    const text = this.#text;
    const offsets: number[] = [];
    let from = 0;
    for (const letter of word) {
      let at = text.startsWith(letter, from) && from > 0 ? from : -1;
      if (at === -1 && preferStarts)
        at = this.#starts.find((start) => start >= from && text.startsWith(letter, start)) ?? -1;
      if (at === -1) at = text.indexOf(letter, from);
      if (at === -1) return null;
      for (let unit = 0; unit < letter.length; unit++) offsets.push(at + unit);
      from = at + letter.length;
    }
    return offsets;
  }
}

/** A bit for each letter and digit; some share one. 31 bits, which engines keep as a plain number. */
export function letterSet(folded: string): number {
  let set = 0;
  for (let i = 0; i < folded.length; i++) set |= 1 << (folded.charCodeAt(i) % 31);
  return set;
}

/** ASCII that is no letter and no digit; the text is in lower case. */
function isGap(code: number): boolean {
  return code < 48 || (code > 57 && code < 97) || (code > 122 && code < 128);
}

/** Words begin after `_`, `-`, `.`, blanks and the like, at digits and after them, and inside camelCase and HTTPServer. */
function wordStarts(text: string, { origins }: Folded): number[] {
  const starts: number[] = [];
  const chars = origins ? Array.from(text) : text;
  let before: CharKind = 'other';
  let kind = charKind(chars[0], before);
  let folded = 0;
  let offset = 0;
  for (let i = 0; i < chars.length; i++) {
    const after = charKind(chars[i + 1], kind);
    if (startsWord(before, kind, after)) starts.push(folded);
    offset += chars[i]?.length ?? 0;
    if (!origins) folded = offset;
    else while (folded < origins.length && (origins[folded] ?? 0) < offset) folded++;
    before = kind;
    kind = after;
  }
  return starts;
}

function startsWord(before: CharKind, kind: CharKind, after: CharKind): boolean {
  if (kind === 'other') return false;
  if (before === 'other') return true;
  if (kind === 'upper') return before !== 'upper' || after === 'lower';
  return before !== kind && !(kind === 'lower' && before === 'upper');
}

function charKind(char: string | undefined, before: CharKind): CharKind {
  if (char === undefined) return 'other';
  if (char < '\x80') {
    if (char >= 'a' && char <= 'z') return 'lower';
    if (char >= 'A' && char <= 'Z') return 'upper';
    return char >= '0' && char <= '9' ? 'digit' : 'other';
  }
  if (MARK.test(char)) return before; // an accent of its own belongs to its letter
  if (DIGIT.test(char)) return 'digit';
  if (UPPER.test(char)) return 'upper';
  return LETTER.test(char) ? 'lower' : 'other';
}
