/** Where the focus of a form goes first. A group of radio buttons is worth a stop only where it is the question. */
const FIRST = ['[data-dls-first]', 'input:not([type="radio"], [type="checkbox"]), textarea', 'button.dls-mod-accept'];

/** Puts the focus to where a form begins. */
export function focusForm(form: HTMLElement): void {
  const first = FIRST.map((selector) => shown(form, selector)).find((found) => found !== undefined);
  (first ?? form).focus();
}

/** Puts the focus into the form that lies on top in this panel, unless it is there. False when there is none. */
export function focusFormIn(panel: HTMLElement): boolean {
  const form = shown(panel, '.dls-Sheet');
  if (form && !form.contains(form.ownerDocument.activeElement)) focusForm(form);
  return form !== undefined;
}

/** The first of these elements that is not hidden. */
export function shown(root: HTMLElement | null, selector: string): HTMLElement | undefined {
  return Array.from(root?.querySelectorAll<HTMLElement>(selector) ?? []).find(
    (one) => one.closest('[hidden]') === null,
  );
}
