import { byName } from './order.ts';
import { Field, letterSet, type Range } from './search/field.ts';
import { fold } from './search/fold.ts';
import type { Secret } from './secret.ts';

export type SearchField = 'name' | 'description' | 'type';

export interface FieldMatch {
  readonly field: SearchField;
  /** UTF-16 offsets [start, end) in the field as it is, in order and apart from each other. */
  readonly ranges: Range[];
}

export interface SearchResult {
  readonly secret: Secret;
  /** Comparable within one search only. */
  readonly score: number;
  /** What to highlight. Found when asked for, since most results are never drawn. */
  readonly matches: FieldMatch[];
}

/**
 * What an occurrence is worth, by its rank from none to exact. A name counts more than any description or type: "key"
 * should find API_KEY before every secret of the type key. Scattered letters come last.
 */
const WORTH = {
  name: [0, 400, 600, 800, 1000],
  description: [0, 220, 320, 340, 350],
  type: [0, 200, 200, 300, 310],
} as const satisfies Record<SearchField, readonly number[]>;
const SCATTERED_NAME = { least: 50, most: 149 };
const SCATTERED_DESCRIPTION = 20;
/** Two letters are somewhere in nearly every sentence. */
const SCATTERED_MIN = 3;

interface Entry {
  readonly secret: Secret;
  readonly name: Field;
  readonly description: Field;
  readonly type: Field;
  /** Of all three fields. */
  readonly letters: number;
}

interface Word {
  readonly text: string;
  readonly letters: number;
}

/** Entries outlive an index: in the next list most secrets are the same objects, and preparing them is what takes time. */
const prepared = new WeakMap<Secret, Entry>();

function prepare(secret: Secret): Entry {
  let entry = prepared.get(secret);
  if (entry) return entry;
  const [name, description, type] = [new Field(secret.name), new Field(secret.description), new Field(secret.type)];
  entry = { secret, name, description, type, letters: name.letters | description.letters | type.letters };
  prepared.set(secret, entry);
  return entry;
}

/** An index over one list of secrets, built once per list. */
export class SecretIndex {
  readonly #entries: readonly Entry[];

  constructor(secrets: readonly Secret[]) {
    this.#entries = [...secrets].sort(byName).map(prepare);
  }

  /** Best first, equals by name. Every word of the query must occur; an empty query gives all. Case and accents do not count. */
  search(query: string, limit = Number.POSITIVE_INFINITY): SearchResult[] {
    const words = wordsOf(query);
    const phrase = words.length > 1 ? wordOf(words.map(({ text }) => text).join(' ')) : null;
    const byScore = new Map<number, Entry[]>(); // scores are few: cheaper than sorting thousands of entries
    for (const entry of this.#entries) {
      const score = scoreOfAll(entry, words, phrase);
      if (score === null) continue;
      const equals = byScore.get(score);
      if (equals) equals.push(entry);
      else byScore.set(score, [entry]);
    }
    const results: SearchResult[] = [];
    for (const [score, entries] of [...byScore].sort(([a], [b]) => b - a)) {
      for (const entry of entries) {
        if (results.length >= limit) return results;
        results.push(new Hit(entry, score, words));
      }
    }
    return results;
  }
}

class Hit implements SearchResult {
  readonly secret: Secret;
  readonly score: number;
  readonly #entry: Entry;
  readonly #words: readonly Word[];

  constructor(entry: Entry, score: number, words: readonly Word[]) {
    this.secret = entry.secret;
    this.score = score;
    this.#entry = entry;
    this.#words = words;
  }

  get matches(): FieldMatch[] {
    const matches = (['name', 'description', 'type'] as const).map((field) => ({
      field,
      ranges: joined(this.#words.flatMap((word) => rangesOf(this.#entry, field, word))),
    }));
    return matches.filter(({ ranges }) => ranges.length > 0);
  }
}

function wordsOf(query: string): Word[] {
  const words = fold(query).text.split(/\s+/);
  return words.filter((word) => word !== '').map(wordOf);
}

const wordOf = (text: string): Word => ({ text, letters: letterSet(text) });

/** Null when a word is missing. A name that holds the whole query as one phrase counts for that too. */
function scoreOfAll(entry: Entry, words: readonly Word[], phrase: Word | null): number | null {
  let sum = 0;
  for (const word of words) {
    const score = scoreOf(entry, word);
    if (score === 0) return null;
    sum += score;
  }
  return phrase ? sum + worth(entry.name, WORTH.name, phrase) : sum;
}

/** Whether all the letters may occur; if not, the word does not. */
function holds(among: { readonly letters: number }, letters: number): boolean {
  return (among.letters & letters) === letters;
}

function worth(field: Field, byRank: readonly number[], { text, letters }: Word): number {
  return holds(field, letters) ? (byRank[field.rank(text)] ?? 0) : 0;
}

function scoreOf(entry: Entry, word: Word): number {
  if (!holds(entry, word.letters)) return 0;
  const inName = worth(entry.name, WORTH.name, word);
  if (inName > 0) return inName;
  const inDescription = worth(entry.description, WORTH.description, word);
  return Math.max(inDescription, worth(entry.type, WORTH.type, word)) || scatteredScore(entry, word);
}

function scatteredScore({ name, description }: Entry, { text, letters }: Word): number {
  const inName = holds(name, letters) && name.scattered(text);
  if (inName) {
    const { least, most } = SCATTERED_NAME;
    return least + Math.round(name.quality(inName) * (most - least));
  }
  const inDescription =
    text.length >= SCATTERED_MIN && holds(description, letters) && description.scatteredInWord(text);
  return inDescription ? SCATTERED_DESCRIPTION : 0;
}

/** Where the word is in that field. Scattered letters only where nothing else made it a result. */
function rangesOf(entry: Entry, name: SearchField, word: Word): Range[] {
  const field = entry[name];
  const at = field.find(word.text);
  if (at !== -1) return [field.original([at, at + word.text.length])];
  if (name === 'type' || scoreOf(entry, word) > SCATTERED_NAME.most) return [];
  const inName = entry.name.scattered(word.text);
  const offsets = name === 'name' ? inName : inName ? null : field.scatteredInWord(word.text);
  return (offsets ?? []).map((offset) => field.original([offset, offset + 1]));
}

/** Ranges in order, those that touch or overlap made one. */
function joined(ranges: readonly Range[]): Range[] {
  const apart: Range[] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = apart.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else apart.push([start, end]);
  }
  return apart;
}
