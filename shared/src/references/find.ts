import { readLiteral, type LiteralSyntax } from './literals.ts';

export interface FoundReference {
  readonly name: string;
  /** UTF-16 offsets of the whole reference. */
  readonly start: number;
  readonly end: number;
}

/** More references in one document are not searched for. */
export const MAX_FOUND = 10_000;

/** Finds references in document order, in linear time: every pattern starts at fixed text and is bounded after it. */
export type Finder = (text: string) => Iterable<FoundReference>;

/** Where the name stands as it is: `process.env.NAME`. The pattern's first group is the name. */
export const words = (pattern: RegExp, unescape = (name: string) => name): Finder =>
  function* (text) {
    for (const match of text.matchAll(pattern)) {
      yield { name: unescape(match[1] ?? ''), start: match.index, end: match.index + match[0].length };
    }
  };

const INDEX_END = /\s{0,80}\]/y;
const CALL_END = /\s{0,80}\)/y;
const NEXT_ARGUMENT = /\s{0,80},/y;

/** Where the name is a string: what `head` matches, then a literal, then the bracket closes or a further argument comes. */
export const strings = (head: RegExp, syntax: LiteralSyntax): Finder =>
  function* (text) {
    for (const match of text.matchAll(head)) {
      const literal = readLiteral(text, match.index + match[0].length, syntax);
      if (literal === null) continue;
      const end = endAfter(text, literal.end, match[0].trimEnd().endsWith('['));
      if (end !== null) yield { name: literal.value, start: match.index, end };
    }
  };

function endAfter(text: string, at: number, index: boolean): number | null {
  const closing = index ? INDEX_END : CALL_END;
  closing.lastIndex = NEXT_ARGUMENT.lastIndex = at;
  if (closing.test(text)) return closing.lastIndex;
  return !index && NEXT_ARGUMENT.test(text) ? at : null;
}

/** Several finders as one. */
export const all = (...finders: readonly Finder[]): Finder =>
  function* (text) {
    for (const finder of finders) yield* finder(text);
  };
