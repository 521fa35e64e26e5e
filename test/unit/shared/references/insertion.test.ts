import { describe, expect, it } from 'vitest';
import {
  applied,
  isImportedIn,
  languageFor,
  literalAt,
  placeAtEnd,
  planInsertion,
  writeReference,
  type WrittenReference,
} from '@datalayer-secrets/shared';

function written(languageId: string, name = 'KEY'): WrittenReference {
  const language = languageFor(languageId);
  if (!language) throw new Error('no such language');
  return writeReference(language, name);
}

const KEY = 'os.environ["KEY"]';

/** Text with `|` as cursors and `[…]` as selections. */
function marked(text: string) {
  const selections: { start: number; end: number }[] = [];
  let plain = '';
  for (const mark of text) {
    if (mark === '|') selections.push({ start: plain.length, end: plain.length });
    else if (mark === '‹') selections.push({ start: plain.length, end: -1 });
    else if (mark === '›') (selections.at(-1) as { end: number }).end = plain.length;
    else plain += mark;
  }
  return { plain, selections };
}

/** The text after inserting, with `|` after each reference. */
function inserted(
  text: string,
  reference = written('python'),
  options: Parameters<typeof planInsertion>[3] = {},
): string {
  const { plain, selections } = marked(text);
  const { edits, carets } = planInsertion(plain, selections, reference, options);
  const sorted = edits.every((edit, index) => edit.start <= edit.end && edit.start >= (edits[index - 1]?.end ?? 0));
  expect(sorted).toBe(true);
  expect(carets).toHaveLength(selections.length);
  return carets
    .toReversed()
    .reduce((result, caret) => `${result.slice(0, caret)}|${result.slice(caret)}`, applied(plain, edits));
}

describe('a reference in Python', () => {
  it.each([
    ['an empty document', '|', `import os\n${KEY}|`],
    ['the middle of a line', 'import sys\nx = |\n', `import os\nimport sys\nx = ${KEY}|\n`],
    ['a document that has the import', 'import os\nx = |', `import os\nx = ${KEY}|`],
    ['the place of a selection', 'import os\nx = ‹"sk-1"›\n', `import os\nx = ${KEY}|\n`],
    ['a selection that held the import', '‹import os\nx = 1›', `import os\n${KEY}|`],
    ['the start of the first line', '|x = 1', `import os\n${KEY}|x = 1`],
    ['below a docstring', '"""Doc."""\n\nx = |', `"""Doc."""\nimport os\n\nx = ${KEY}|`],
    ['a cell with a magic', '%%time\nx = |', `%%time\nimport os\nx = ${KEY}|`],
    ['a cell that is a magic only', '%%time\n|', `%%time\nimport os\n${KEY}|`],
    ['above the place of the import', 'x = |', `import os\nx = ${KEY}|`],
  ])('goes to %s', (_, before, after) => {
    expect(inserted(before)).toBe(after);
  });

  it('goes to several places with one import', () => {
    expect(inserted('a = |\nb = ‹1›\nc = |')).toBe(`import os\na = ${KEY}|\nb = ${KEY}|\nc = ${KEY}|`);
    expect(inserted('|\n|')).toBe(`import os\n${KEY}|\n${KEY}|`);
  });

  it('brings no import where an earlier cell has it', () => {
    expect(inserted('x = |', written('python'), { imported: true })).toBe(`x = ${KEY}|`);
  });

  it('keeps the line breaks of the document', () => {
    expect(inserted('x = 1\r\ny = |\r\n', written('python'), { eol: '\r\n' })).toBe(
      `import os\r\nx = 1\r\ny = ${KEY}|\r\n`,
    );
  });

  it('needs another import for a name that is no variable', () => {
    expect(inserted('x = |', written('python', 'my key'))).toBe(
      'import datalayer_secrets\nx = datalayer_secrets.get("my key")|',
    );
  });
});

it('brings no import where the language needs none', () => {
  expect(inserted('a |, b |', written('shellscript'))).toBe('a "$KEY"|, b "$KEY"|');
});

it('places selections that come in another order than in the text', () => {
  const plan = planInsertion('abc', [{ start: 2, end: 3 }, { start: 0, end: 1 }], written('yaml')); // prettier-ignore
  expect(applied('abc', plan.edits)).toBe('secret://KEYbsecret://KEY');
  expect(plan.carets).toEqual([12, 25]);
});

it('leads to a text that is the same with the reference taken out again, wherever it is put', () => {
  const text = '"""Doc."""\nfrom __future__ import annotations\n\nimport sys\n\ndef f():\n    return 1\n';
  for (let at = 0; at <= text.length; at++) {
    const reference = written('python');
    const { edits, carets } = planInsertion(text, [{ start: at, end: at }], reference);
    const after = applied(text, edits);
    const caret = carets[0] ?? -1;
    expect(after.slice(caret - KEY.length, caret)).toBe(KEY);
    const without = after.slice(0, caret - KEY.length) + after.slice(caret);
    expect([text, text.replace(/(?<!\n)$/, '\n')]).toContain(without.replace(/import os\n|\nimport os$/, ''));
  }
});

describe('in a cell without a cursor', () => {
  const end = (text: string) => {
    const { selections, ownLine } = placeAtEnd(text);
    expect(selections).toEqual([{ start: text.length, end: text.length }]);
    return ownLine;
  };

  it('a reference goes to the end, on a line of its own', () => {
    expect(end('import os')).toBe(true);
    expect(end('f(1)')).toBe(true);
  });

  it('a reference goes where the text waits for one', () => {
    for (const text of ['', 'x = ', 'x=', 'f(', 'f(a,', 'x[', '{"a":', 'x = 1\n', 'a+']) expect(end(text)).toBe(false);
  });
});

describe('an import', () => {
  const python = languageFor('python');
  const needed = written('python').import;
  if (!python || !needed) throw new Error('Python needs an import');
  const present = (...cells: [string, string][]) =>
    isImportedIn(
      cells.map(([languageId, text]) => ({ languageId, text })),
      python,
      needed,
    );

  it('is there where a cell in the same language has it', () => {
    expect(present(['python', 'x = 1'], ['python', 'import os'])).toBe(true);
    expect(present(['ipython', '%%time\nimport sys, os'])).toBe(true);
  });

  it('is not there where another language, or only a text, has it', () => {
    expect(present()).toBe(false);
    expect(present(['r', 'import os'], ['python', '%%bash\nimport os'], ['python', '# import os'])).toBe(false);
  });
});

describe('a selected literal', () => {
  const value = (text: string) => {
    const { plain, selections } = marked(text);
    const literal = literalAt(plain, selections[0]?.start ?? 0, selections[0]?.end ?? 0);
    return [
      literal.value,
      plain.slice(literal.inner.start, literal.inner.end),
      plain.slice(literal.outer.start, literal.outer.end),
    ];
  };

  it('leaves the quotes to the code, selected or not', () => {
    expect(value('x = "‹sk-1›"')).toEqual(['sk-1', 'sk-1', '"sk-1"']);
    expect(value("x = ‹'sk-1'›")).toEqual(['sk-1', 'sk-1', "'sk-1'"]);
    expect(value('x = `‹sk-1›`')).toEqual(['sk-1', 'sk-1', '`sk-1`']);
  });

  it('keeps quotes that belong to the value', () => {
    expect(value('‹{"a": "b"}›')).toEqual(['{"a": "b"}', '{"a": "b"}', '{"a": "b"}']);
    expect(value('‹"a" + "b"›')).toEqual(['"a" + "b"', '"a" + "b"', '"a" + "b"']);
    expect(value('KEY=‹sk-1›')).toEqual(['sk-1', 'sk-1', 'sk-1']);
    expect(value('x = "‹a"b›"')).toEqual(['a"b', 'a"b', 'a"b']);
  });

  it('is the whole of several lines', () => {
    expect(value('x = """‹a\nb›"""')).toEqual(['a\nb', 'a\nb', '"a\nb"']);
  });
});
