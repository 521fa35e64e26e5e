/** A logical line of Python: `end` lies after its line break, or at the end of the text. */
interface Statement {
  readonly start: number;
  readonly end: number;
}

/** Lines that open a statement and cannot stand inside brackets: an unfinished bracket ends before them. */
const FRESH_START = /(?:import|from|def|class|%%) ?/y;

/**
 * The statements of a module or notebook cell that begin in the first column, without blank lines and comments. Strings,
 * brackets and continued lines stay in one piece. Magics (`%…`, `!…`) are one line each, whatever quotes they hold.
 */
function* statements(text: string): Generator<Statement> {
  let start = 0;
  if (text.startsWith('\ufeff')) start = 1;
  while (start < text.length) {
    const first = text.charAt(start);
    const end = '%!?'.includes(first) ? magicEnd(text, start) : statementEnd(text, start);
    if (!/[\s#]/.test(first)) yield { start, end };
    start = end;
  }
}

function statementEnd(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    switch (text.charAt(i)) {
      case '\\':
        i += text.startsWith('\r\n', i + 1) ? 2 : 1;
        break;
      case '#':
        i = lineEnd(text, i) - 1;
        break;
      case '"':
      case "'":
        i = stringEnd(text, i) - 1;
        break;
      case '(':
      case '[':
      case '{':
        depth++;
        break;
      case ')':
      case ']':
      case '}':
        depth = Math.max(0, depth - 1);
        break;
      case '\n':
        FRESH_START.lastIndex = i + 1;
        if (depth === 0 || FRESH_START.test(text)) return i + 1;
        break;
      default:
    }
  }
  return text.length;
}

function magicEnd(text: string, start: number): number {
  let end = lineEnd(text, start);
  while (text[end - 1] === '\\' && end < text.length) end = lineEnd(text, end + 1);
  return Math.min(end + 1, text.length);
}

/** After the string whose quote is at `at`: its closing quote, or for a short one the end of the line. */
function stringEnd(text: string, at: number): number {
  const quote = text.charAt(at);
  const closing = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  for (let i = at + closing.length; i < text.length; i++) {
    if (text[i] === '\\') i += text.startsWith('\r\n', i + 1) ? 2 : 1;
    else if (text[i] === quote && text.startsWith(closing, i)) return i + closing.length;
    else if (text[i] === '\n' && closing.length === 1) return i;
  }
  return text.length;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** Whether the text binds `module` to its own name at its top level: `import os`, `import sys, os`, `import os.path`. */
export function importsModule(text: string, module: string): boolean {
  for (const { start, end } of statements(text)) {
    if (!text.startsWith('import', start) && !text.startsWith('from', start)) continue;
    const parts = text
      .slice(start, end)
      .replace(/#.*/g, '')
      .replace(/\\\r?\n/g, ' ')
      .split(';');
    if (parts.some((part) => binds(part, module))) return true;
  }
  return false;
}

function binds(statement: string, module: string): boolean {
  const [keyword, ...rest] = statement.trim().split(/\s+/);
  const names = keyword === 'import' ? rest.join(' ').split(',') : [];
  return names.some((name) => {
    const [path = '', as, alias] = name.trim().split(' ');
    return as === 'as' ? path === module && alias === module : path === module || path.startsWith(`${module}.`);
  });
}

const SHEBANG_OR_CODING = /^(?:#!|[ \t\f]*#.*?coding[:=])/;
const DOCSTRING = /[rRuU]?["']/y;
const FUTURE = /from\s+__future__\s/y;
const IMPORT = /(?:import|from)\s/y;

/**
 * Where an import goes so that the text stays valid: after a cell magic, header comments, the docstring and
 * `from __future__` imports, and before other imports. Always the start of a line, unless the text ends before.
 */
export function importOffset(text: string): number {
  let offset = headerEnd(text);
  let first = true;
  for (const { start, end } of statements(text)) {
    if (text.startsWith('%%', start) && first) {
      offset = end;
      continue;
    }
    if ((first && matches(DOCSTRING, text, start)) || matches(FUTURE, text, start)) offset = end;
    else return matches(IMPORT, text, start) ? start : offset;
    first = false;
  }
  return offset;
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** After byte order mark, shebang, encoding line, a `# %%` cell mark, and leading comments that a blank line sets apart. */
function headerEnd(text: string): number {
  let offset = text.startsWith('\ufeff') ? 1 : 0;
  let position = offset;
  for (let line = 0; position < text.length; line++) {
    const end = Math.min(lineEnd(text, position) + 1, text.length);
    const content = text.slice(position, end).trim();
    if (content !== '' && !content.startsWith('#')) break;
    const belongsToTop = (line < 2 && SHEBANG_OR_CODING.test(content)) || content.startsWith('# %%');
    if (belongsToTop || (content === '' && position > offset)) offset = belongsToTop ? end : position;
    position = end;
  }
  return offset;
}

/** The import as an edit: where, and the text with the line breaks it needs. */
export function importEdit(text: string, line: string): { offset: number; text: string } {
  const offset = importOffset(text);
  const fresh = offset === 0 || text[offset - 1] === '\n' || text[offset - 1] === '\ufeff';
  return { offset, text: fresh ? `${line}\n` : `\n${line}` };
}
