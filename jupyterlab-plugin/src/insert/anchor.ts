import type { SharedText } from './target.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** One part of a change, in order: so many characters stay, are new, or are gone. */
interface Step {
  readonly retain?: number;
  readonly insert?: unknown;
  readonly delete?: number;
}

/** A range of a text that stays with its content while others are edited around it. It holds places, not what stands there. */
export class Anchor {
  readonly #text: SharedText;
  #range: Range | null;

  constructor(text: SharedText, { start, end }: Range) {
    this.#text = text;
    this.#range = { start, end };
    text.changed.connect(this.#follow, this);
  }

  /** Null once something in it was edited, or the text is no more. */
  get range(): Range | null {
    return this.#text.isDisposed ? null : this.#range;
  }

  /** What stands there now; empty where there is nothing to read any more. */
  read(): string {
    const { range } = this;
    return range ? this.#text.getSource().slice(range.start, range.end) : '';
  }

  dispose(): void {
    this.#text.changed.disconnect(this.#follow, this);
  }

  #follow(_: unknown, { sourceChange }: { readonly sourceChange?: readonly Step[] }): void {
    if (sourceChange) this.#range = this.#range && moved(this.#range, sourceChange);
  }
}

function moved({ start, end }: Range, steps: readonly Step[]): Range | null {
  let at = 0;
  for (const { retain = 0, insert, delete: gone = 0 } of steps) {
    at += retain;
    const added = typeof insert === 'string' ? insert.length : 0;
    if (at + gone <= start) {
      start += added - gone;
      end += added - gone;
    } else if (at < end) {
      if (added > 0 || gone > 0) return null;
    }
    at += added;
  }
  return { start, end };
}
