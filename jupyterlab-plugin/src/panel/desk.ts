import { Signal } from '@lumino/signaling';

import type { SecretRef, Sheet } from '../tokens.ts';

/** What the panel is busy with, apart from what it draws: the form that is open, the secret that is selected. */
export class Desk {
  readonly changed = new Signal<this, void>(this);
  /** The secret that has the focus in the list, or had it last. */
  selected: SecretRef | null = null;
  #visible = false;
  #sheet: { readonly sheet: Sheet; readonly id: number; readonly end: (completed: boolean) => void } | null = null;
  #sheets = 0;
  /** Something was typed into the form that would be lost. */
  dirty = false;

  get visible(): boolean {
    return this.#visible;
  }

  set visible(visible: boolean) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.changed.emit();
  }

  /** The form that is open, each with a number of its own. */
  get sheet(): { readonly sheet: Sheet; readonly id: number } | null {
    return this.#sheet;
  }

  /** Opens a form; the answer is whether it was completed. What was typed into another one stays: then that one stays too. */
  open(sheet: Sheet): Promise<boolean> {
    if (this.#sheet && this.dirty) return Promise.resolve(false);
    this.#sheet?.end(false);
    return new Promise((resolve) => {
      this.dirty = false;
      this.#sheet = { sheet, id: ++this.#sheets, end: resolve };
      this.changed.emit();
    });
  }

  close(id: number, completed: boolean): void {
    const closing = this.#sheet;
    if (closing?.id !== id) return;
    this.#sheet = null;
    this.dirty = false;
    this.changed.emit();
    closing.end(completed);
  }
}
