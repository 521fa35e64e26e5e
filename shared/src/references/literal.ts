/** A selected text taken as a value, and what stands for it in the document. */
export interface Literal {
  readonly value: string;
  /** Offsets of the value without the quotes around it. */
  readonly inner: { readonly start: number; readonly end: number };
  /** Offsets with the quotes around it, equal to `inner` where there are none. */
  readonly outer: { readonly start: number; readonly end: number };
}

/**
 * The value in a selection of `text`. Quotes around it, selected or just outside, belong to the code and not to the value;
 * but only where nothing in it needs them (a quote of the same kind, or a backslash that would mean something).
 */
export function literalAt(text: string, start: number, end: number): Literal {
  const selected = text.slice(start, end);
  const quote = selected[0];
  const inside = selected.slice(1, -1);
  if (selected.length > 2 && isQuote(quote) && selected.at(-1) === quote && !inside.includes(quote)) {
    return { value: inside, inner: { start: start + 1, end: end - 1 }, outer: { start, end } };
  }
  const inner = { start, end };
  const before = text[start - 1];
  if (isQuote(before) && text[end] === before && !selected.includes(before)) {
    return { value: selected, inner, outer: { start: start - 1, end: end + 1 } };
  }
  return { value: selected, inner, outer: inner };
}

function isQuote(character: string | undefined): character is '"' | "'" | '`' {
  return character === '"' || character === "'" || character === '`';
}
