/** How a language writes and reads string literals, as far as names of secrets need it. */
export interface LiteralSyntax {
  /** Characters that may open a literal; the same one closes it. */
  readonly quotes: string;
  /** The escape character, by quote where they differ. */
  readonly escape: (quote: string) => string | null;
  /** Where a doubled quote stands for one: all characters that count as the quote (PowerShell knows typographic ones). */
  readonly doubles?: (quote: string) => string;
  /** An unescaped character of these (by quote) starts an interpolation: the literal is not constant. */
  readonly interpolates: (quote: string) => string;
  /** Letters before the quote that change nothing but escapes; `raw` says which switch them off. */
  readonly prefixes?: { readonly allowed: string; readonly raw: string };
  /** An escape the language does not know keeps its backslash (Python) instead of dropping it. */
  readonly keepsUnknownEscapes?: boolean;
}

/** Longer literals are no names. It also bounds the work per opening quote. */
const MAX_LITERAL = 4096;

const backslash = () => '\\';
const never = () => '';

export const PYTHON: LiteralSyntax = {
  quotes: `"'`,
  escape: backslash,
  interpolates: never,
  prefixes: { allowed: 'rRuU', raw: 'rR' },
  keepsUnknownEscapes: true,
};
export const R: LiteralSyntax = { quotes: `"'`, escape: backslash, interpolates: never };
export const JULIA: LiteralSyntax = { quotes: '"', escape: backslash, interpolates: () => '$' };
export const JAVASCRIPT: LiteralSyntax = {
  quotes: `"'\``,
  escape: backslash,
  interpolates: (quote) => (quote === '`' ? '$' : ''),
};

const SINGLE_QUOTES = `'\u2018\u2019\u201a\u201b`;
const DOUBLE_QUOTES = `"\u201c\u201d\u201e`;

export const POWERSHELL: LiteralSyntax = {
  quotes: `"'`,
  escape: (quote) => (quote === '"' ? '`' : null),
  // https://learn.microsoft.com/powershell/scripting/lang-spec/chapter-02#2352-string-literals
  doubles: (quote) => (quote === '"' ? DOUBLE_QUOTES : SINGLE_QUOTES),
  interpolates: (quote) => (quote === '"' ? '$' : ''),
};

/** `text` between double quotes, with a backslash before quotes, backslashes and the characters of `also`. */
export function doubleQuoted(text: string, also = ''): string {
  return `"${text.replace(/./gsu, (char) => (char === '"' || char === '\\' || also.includes(char) ? `\\${char}` : char))}"`;
}

/** `text` as PowerShell's literal without interpolation. */
export function powerShellQuoted(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** The constant string that begins at `at`, and where it ends; null when there is none or it is not constant. */
export function readLiteral(text: string, at: number, syntax: LiteralSyntax): { value: string; end: number } | null {
  let raw = false;
  if (syntax.prefixes?.allowed.includes(text[at] ?? ' ')) raw = syntax.prefixes.raw.includes(text.charAt(at++));
  const quote = text.charAt(at);
  if (quote === '' || !syntax.quotes.includes(quote)) return null;
  const escape = syntax.escape(quote);
  const interpolates = syntax.interpolates(quote);
  const closing = syntax.doubles?.(quote) ?? quote;
  const limit = Math.min(text.length, at + MAX_LITERAL);
  let value = '';
  for (let i = at + 1; i < limit; i++) {
    const char = text.charAt(i);
    if (closing.includes(char)) {
      const next = text.charAt(i + 1);
      if (!syntax.doubles || next === '' || !closing.includes(next)) return { value, end: i + 1 };
      value += next;
      i++;
    } else if (char === escape && !raw) {
      const escaped = readEscape(text, i, syntax.keepsUnknownEscapes === true);
      if (escaped === null) return null;
      value += escaped.value;
      i = escaped.end - 1;
    } else if (char === '\n' || interpolates.includes(char)) {
      return null;
    } else {
      value += char;
    }
  }
  return null;
}

const CODE_POINT = /u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}/y;

/** One escape at `at`. Null for those that stand for control characters: no name holds one. */
function readEscape(text: string, at: number, keepsUnknown: boolean): { value: string; end: number } | null {
  const char = text.charAt(at + 1);
  CODE_POINT.lastIndex = at + 1;
  const digits = CODE_POINT.exec(text)?.[0];
  if (digits !== undefined) {
    const code = Number.parseInt(digits.replace(/[uUx{}]/g, ''), 16);
    return code > 0x10ffff ? null : { value: String.fromCodePoint(code), end: at + 1 + digits.length };
  }
  if (char === '' || /[\r\n0-9abefnrtv]/.test(char)) return null;
  return { value: keepsUnknown && !/[\\"']/.test(char) ? `\\${char}` : char, end: at + 2 };
}
