import type { FoundReference } from './find.ts';

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** `<<EOF`, `<<-EOF`, `<<'EOF'`; not `<<<`. A quote means that nothing is expanded in the text. */
const HEREDOC = /<<(-?)[ \t]{0,20}(?:(["'])([^"'\n]{1,100})\2|(\\?)([A-Za-z_][\w-]{0,99}))/y;

interface Heredoc {
  readonly word: string;
  readonly indented: boolean;
  readonly expands: boolean;
}

/**
 * `$NAME` and `${NAME…}` wherever a POSIX shell (bash, zsh) expands them: not in single quotes, comments, escapes or
 * quoted here-documents. One pass; a stack knows what `"` and `$(` opened, because quotes start afresh in `$(…)`.
 */
export function* findShellVariables(text: string): Generator<FoundReference> {
  const open: ('quote' | 'substitution' | 'arithmetic' | 'parenthesis')[] = [];
  const heredocs: Heredoc[] = [];
  let quotesLeft = true; // false once no single quote follows: then none is searched for again

  for (let i = 0; i < text.length; i++) {
    const quoted = open.at(-1) === 'quote';
    switch (text.charAt(i)) {
      case '\\':
        i++;
        break;
      case "'": {
        if (quoted) break;
        const end: number = quotesLeft ? text.indexOf("'", i + 1) : -1;
        quotesLeft = end !== -1;
        if (quotesLeft) i = end;
        break;
      }
      case '"':
        if (quoted) open.pop();
        else open.push('quote');
        break;
      case '#':
        if (!quoted && (i === 0 || /[\s;&|()]/.test(text.charAt(i - 1)))) i = lineEnd(text, i) - 1;
        break;
      case '(':
        if (!quoted && open.length > 0) open.push(open.at(-1) === 'arithmetic' ? 'arithmetic' : 'parenthesis');
        break;
      case ')':
        if (!quoted) open.pop();
        break;
      case '<':
        if (quoted || open.at(-1) === 'arithmetic' || text[i - 1] === '<') break;
        HEREDOC.lastIndex = i;
        if (HEREDOC.test(text)) {
          const heredoc = readHeredoc(text, i);
          heredocs.push(heredoc);
          i = HEREDOC.lastIndex - 1;
        }
        break;
      case '\n':
        for (let next = heredocs.shift(); next !== undefined; next = heredocs.shift()) {
          i = yield* skipHeredoc(text, i, next);
        }
        break;
      case '$':
        if (text[i + 1] === "'" && !quoted) {
          i = ansiQuoteEnd(text, i + 2);
        } else if (text[i + 1] === '(') {
          open.push(text[i + 2] === '(' ? 'arithmetic' : 'substitution');
          i++;
        } else {
          const found = variableAt(text, i);
          if (found) yield found;
          if (found) i = found.end - 1;
        }
        break;
      default:
    }
  }
}

/** The variable that `$` at `at` expands. Its range ends with the name, or the brace right after it. */
function variableAt(text: string, at: number): FoundReference | null {
  const braced = text[at + 1] === '{';
  let start = at + (braced ? 2 : 1);
  if (braced && (text[start] === '#' || text[start] === '!')) start++;
  NAME.lastIndex = start;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return null;
  const end = start + name.length;
  return { name, start: at, end: braced && text[end] === '}' ? end + 1 : end };
}

function readHeredoc(text: string, at: number): Heredoc {
  HEREDOC.lastIndex = at;
  const [, dash, quote, quotedWord, escape, word] = HEREDOC.exec(text) ?? [];
  return { word: quotedWord ?? word ?? '', indented: dash === '-', expands: quote === undefined && escape === '' };
}

/** From the line break at `at` to the one after the closing word; finds what the text expands on the way. */
function* skipHeredoc(text: string, at: number, heredoc: Heredoc): Generator<FoundReference, number> {
  let start = at + 1;
  while (start < text.length) {
    const end = lineEnd(text, start);
    const line = text.slice(start, end).replace(/\r$/, '');
    if ((heredoc.indented ? line.replace(/^\t+/, '') : line) === heredoc.word) return end;
    if (heredoc.expands) yield* findInLine(text, start, end);
    start = end + 1;
  }
  return text.length;
}

function* findInLine(text: string, start: number, end: number): Generator<FoundReference> {
  for (let i = start; i < end; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '$') {
      const found = variableAt(text, i);
      if (found) yield found;
      if (found) i = found.end - 1;
    }
  }
}

/** Offset of the quote that closes `$'…'`, where a backslash may hide one. */
function ansiQuoteEnd(text: string, at: number): number {
  let i = at;
  while (i < text.length && text[i] !== "'") i += text[i] === '\\' ? 2 : 1;
  return i;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}
