/**
 * Puts a template into the user's language and fills its `{name}` placeholders. VS Code's `l10n.t` and Jupyter's
 * translator bundles both fit behind it.
 */
export type Translate = (template: string, values?: Record<string, string | number>) => string;

/** English as it stands. A placeholder without a value is left, so that a missing one is seen. */
export const inEnglish: Translate = (template, values = {}) =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));

/** Lines as an editor counts them, without an empty last one. */
export function countLines(text: string): number {
  if (text === '') return 0;
  const breaks = text.match(/\r\n|\r|\n/g)?.length ?? 0;
  return /[\r\n]$/.test(text) ? breaks : breaks + 1;
}

/** Foreign text on one line, without the characters that turn its direction or hide in it. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}
