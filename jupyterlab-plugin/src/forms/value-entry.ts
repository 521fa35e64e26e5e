import {
  guessType,
  MAX_VALUE_BYTES,
  countLines,
  SecretValue,
  valueNotes,
  valueProblem,
} from '@datalayer-secrets/shared';
import type { KnownSecretType, Translate } from '@datalayer-secrets/shared';

import { HiddenBox } from './hidden-box.ts';

/** Where a value that was not typed comes from. `name`: of the file. */
export type ValueSource = { readonly kind: 'generated' } | { readonly kind: 'file'; readonly name: string };

/** What is shown of a value that is being entered. None of it is the value. */
export interface ValueAbout {
  readonly empty: boolean;
  readonly bytes: number;
  readonly lines: number;
  /** Null when it is typed. */
  readonly source: ValueSource | null;
  /** Why it cannot be stored, or null. */
  readonly problem: string | null;
  /** What in it is easily overlooked. */
  readonly notes: readonly string[];
  readonly endsLine: boolean;
  /** Whether blanks or line breaks stand at its ends. */
  readonly loose: boolean;
  /** The type that it looks like. */
  readonly type: KnownSecretType;
}

/**
 * The value of a secret while it is entered: what stands in a box, or the text of a file. A file is not put into the box, which
 * would make its own line ends of those that it has; what was typed before stays there, and is back when the file is let go.
 */
export class ValueEntry {
  readonly box: HiddenBox;
  #held: { readonly text: string; readonly name: string } | null = null;
  #generated = false;

  constructor(host: HTMLElement, changed: () => void) {
    this.box = new HiddenBox(host, 'textarea', () => {
      this.#generated = false;
      changed();
    });
  }

  get text(): string {
    return this.#held?.text ?? this.box.text;
  }

  get holdsFile(): boolean {
    return this.#held !== null;
  }

  hold(text: string, name: string): void {
    this.#held = { text, name };
  }

  letGo(): void {
    this.#held = null;
  }

  generate(password: string): void {
    this.#held = null;
    this.box.set(password);
    this.#generated = true;
  }

  /** Takes blanks and line breaks off both ends, where the user asks for it. */
  trim(): void {
    if (this.#held) this.#held = { ...this.#held, text: this.#held.text.trim() };
    else this.box.set(this.box.text.trim());
  }

  about(t: Translate): ValueAbout {
    const { text } = this;
    return {
      empty: text === '',
      bytes: new SecretValue(text).byteLength,
      lines: countLines(text),
      source: this.#held ? { kind: 'file', name: this.#held.name } : this.#generated ? { kind: 'generated' } : null,
      problem: valueProblem(text, t)?.message ?? null,
      notes: text === '' ? [] : valueNotes(text, t),
      endsLine: /[\r\n]$/.test(text),
      loose: text.trim() !== text && text.trim() !== '',
      type: guessType('', text),
    };
  }

  /** The value is gone from the page. */
  dispose(): void {
    this.#held = null;
    this.box.dispose();
  }
}

export const NO_VALUE: ValueAbout = Object.freeze({
  empty: true,
  bytes: 0,
  lines: 0,
  source: null,
  problem: null,
  notes: Object.freeze([]),
  endsLine: false,
  loose: false,
  type: 'generic',
});

/** Of how many bytes, from where. `language` writes the numbers. */
export function sizeText(t: Translate, { bytes, lines, source, empty }: ValueAbout, language: string): string {
  if (empty) return '';
  const number = new Intl.NumberFormat(language);
  const words = { lines: number.format(lines), bytes: number.format(bytes), limit: number.format(MAX_VALUE_BYTES) };
  const size =
    lines === 1 ? t('{bytes} of {limit} bytes.', words) : t('{lines} lines, {bytes} of {limit} bytes.', words);
  return source?.kind === 'generated' ? `${t('Generated.')} ${size}` : size;
}
