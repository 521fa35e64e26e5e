import { SecretValue } from '@datalayer-secrets/shared';

/** Where a value that was not typed comes from. `name`: of the file. */
export type ValueSource =
  { readonly kind: 'clipboard' | 'selection' | 'generated' } | { readonly kind: 'file'; readonly name: string };

/**
 * The value of a secret being entered. A one-line box cannot hold a text with line breaks, so such a text is held here
 * beside the box, which is then empty. What is typed comes first; emptying the box brings the held text back. Nothing of it
 * shows when the object is printed.
 */
export class ValueEntry {
  #typed = '';
  #held: { readonly text: string; readonly source: ValueSource } | null = null;

  get typed(): string {
    return this.#typed;
  }

  /** Where the value comes from; null when it is typed, or there is none. */
  get source(): ValueSource | null {
    return this.#typed === '' ? (this.#held?.source ?? null) : null;
  }

  get holds(): boolean {
    return this.#held !== null;
  }

  get value(): SecretValue {
    return new SecretValue(this.#typed === '' ? (this.#held?.text ?? '') : this.#typed);
  }

  get isEmpty(): boolean {
    return this.#typed === '' && (this.#held?.text ?? '') === '';
  }

  type(text: string): void {
    this.#typed = text;
  }

  hold(text: string, source: ValueSource): void {
    this.#held = { text, source };
    this.#typed = '';
  }

  /** Takes blanks and line breaks off both ends, where the user asks for it. */
  trim(): void {
    const text = this.value.expose().trim();
    if (this.source === null) this.#typed = text;
    else if (this.#held) this.#held = { ...this.#held, text };
  }
}
