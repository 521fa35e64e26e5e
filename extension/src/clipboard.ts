import { createHash, timingSafeEqual } from 'node:crypto';

export interface Clipboard {
  readText(): PromiseLike<string>;
  writeText(text: string): PromiseLike<void>;
}

/** How long a copied value stays in the clipboard, in milliseconds. */
export const CLIPBOARD_MS = 60_000;

/**
 * Clears a value from the clipboard a minute after it was copied, and when the editor ends, unless something else was copied
 * meanwhile. It keeps a hash, not the value.
 */
export class ClipboardGuard {
  readonly #clipboard: Clipboard;
  /** In a browser the clipboard can be read only while the page has the focus. */
  readonly #canRead: () => boolean;
  #copied: { readonly hash: Buffer; readonly timer: NodeJS.Timeout; due: boolean } | null = null;

  constructor(clipboard: Clipboard, canRead: () => boolean = () => true) {
    this.#clipboard = clipboard;
    this.#canRead = canRead;
  }

  async copy(value: string): Promise<void> {
    await this.#clipboard.writeText(value);
    this.forget();
    const timer = setTimeout(() => void this.#expire(), CLIPBOARD_MS);
    timer.unref();
    this.#copied = { hash: hash(value), timer, due: false };
  }

  /** To be called when the clipboard may be readable again: does what was due and not possible. */
  async retry(): Promise<void> {
    if (this.#copied?.due) await this.clear();
  }

  /** Clears the clipboard now if it still holds what was copied. */
  async clear(): Promise<void> {
    const copied = this.#copied;
    if (!copied || !this.#canRead()) return;
    const text = await this.#clipboard.readText();
    if (this.#copied !== copied) return; // another value was copied meanwhile
    if (timingSafeEqual(hash(text), copied.hash)) await this.#clipboard.writeText('');
    this.forget();
  }

  /** Leaves the clipboard as it is from now on. */
  forget(): void {
    clearTimeout(this.#copied?.timer);
    this.#copied = null;
  }

  async #expire(): Promise<void> {
    if (this.#copied) this.#copied.due = true;
    await this.clear();
  }
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
