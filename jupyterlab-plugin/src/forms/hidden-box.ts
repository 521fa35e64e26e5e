/**
 * A box whose text nobody sees: a value, a passphrase, a token. It is the only place of the page that holds the text until that
 * is stored, and how it holds it is chosen so that nothing is left afterwards:
 *
 * - No `type="password"`. Chromium offers to save what such a field held, in whatever form or none, with any `autocomplete`, as
 *   soon as a request succeeded and the field is gone (156, by its histogram `PasswordManager.SaveUIDismissalReason`). A text
 *   field that the style masks (`-webkit-text-security`, in all browsers since Firefox 111) is not offered to be saved.
 * - `autocomplete="off"`, not `new-password`: without it Chromium writes text fields to the profile, to bring the page back after
 *   a crash; with `off` neither an input nor a text area was found on disk. `new-password` did not keep it from that.
 * - React does not know the element: it would keep a copy of the text of each field beside it, to tell changes.
 * - At the end the element is emptied, loses the focus and is removed: undo history and selection of the page go with it. Strings
 *   cannot be overwritten; what was sent lives until garbage is collected, and nothing refers to it.
 *
 * The price: a screen reader that speaks typed characters speaks these too.
 */
export class HiddenBox {
  readonly element: HTMLInputElement | HTMLTextAreaElement;
  readonly #ended = new AbortController();

  /** `changed`: called after each change, by whomever. */
  constructor(host: HTMLElement, kind: 'input' | 'textarea', changed: () => void) {
    const element = host.ownerDocument.createElement(kind);
    element.className = 'jp-mod-styled dls-Hidden';
    for (const [name, value] of Object.entries(LEFT_ALONE)) element.setAttribute(name, value);
    const { signal } = this.#ended;
    element.addEventListener('input', changed, { signal });
    // As a password field does: what is masked is not to be had by way of the clipboard.
    for (const type of ['copy', 'cut', 'dragstart'])
      element.addEventListener(type, (event) => event.preventDefault(), { signal });
    host.append(element);
    this.element = element;
  }

  get text(): string {
    return this.element.value;
  }

  get isEmpty(): boolean {
    return this.element.value === '';
  }

  /** The caller knows of this change: it is not told. */
  set(text: string): void {
    this.element.value = text;
  }

  /** The text is gone from the page. */
  dispose(): void {
    this.#ended.abort();
    this.element.value = '';
    this.element.blur();
    this.element.remove();
  }
}

/** For browsers, keyboards and what is built into or onto them: this is not to be saved, learnt, checked or sent anywhere. */
const LEFT_ALONE = {
  autocomplete: 'off',
  autocapitalize: 'off',
  autocorrect: 'off',
  spellcheck: 'false',
  writingsuggestions: 'false',
  translate: 'no',
  'data-1p-ignore': '',
  'data-bwignore': '',
  'data-lpignore': 'true',
  'data-form-type': 'other',
  'data-gramm': 'false',
} as const;
