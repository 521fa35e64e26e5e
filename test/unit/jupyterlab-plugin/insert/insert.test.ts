// @vitest-environment jsdom
import '../setup.ts';
import { inEnglish } from '@datalayer-secrets/shared';
import { CodeEditor } from '@jupyterlab/codeeditor';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { insertReference } from '../../../../jupyterlab-plugin/src/insert/insert.ts';
import { activeIn, type CellOf, fileOf, notebookOf, type NotebookOf, pageOf } from './documents.ts';

// Yjs warns of JupyterLab's own cells, which read themselves before they are in a document.
beforeAll(() => void vi.spyOn(console, 'warn').mockReturnValue(undefined));

const MANNER = { style: 'environment', translate: inEnglish } as const;
const KEY = 'os.environ["KEY"]';

/** What a cell is after a reference was inserted into it, at its end unless the cursor was put elsewhere. */
function into(
  cells: readonly CellOf[],
  index: number,
  { name = 'KEY', style = MANNER.style, ...of }: NotebookOf & { name?: string; style?: 'environment' | 'get' } = {},
) {
  const notebook = notebookOf(cells, of);
  notebook.content.activeCellIndex = index;
  const page = pageOf(notebook.panel);
  const target = activeIn(page);
  const insertion = insertReference(target, name, page.placesIn(target), { ...MANNER, style });
  return { ...notebook, insertion, source: notebook.sources()[index] };
}

describe('a reference in a notebook', () => {
  it('is written in the language of the kernel', () => {
    const language = (name: string) => ({ metadata: { language_info: { name } } });
    expect(into(['x = '], 0).source).toBe(`import os\nx = ${KEY}`);
    expect(into(['x <- '], 0, language('R')).source).toBe('x <- Sys.getenv("KEY")');
    expect(into(['x = '], 0, language('julia')).source).toBe('x = ENV["KEY"]');
    expect(into(['x = '], 0, language('typescript')).source).toBe('x = process.env.KEY');
  });

  it('is written in the language of the kernel that is chosen while none has started', () => {
    expect(into(['x <- '], 0, { metadata: { kernelspec: { name: 'ir', language: 'R' } } }).source).toBe(
      'x <- Sys.getenv("KEY")',
    );
  });

  it('is written in the language of the cell’s magic', () => {
    expect(into(['%%bash\ncurl '], 0).source).toBe('%%bash\ncurl "$KEY"');
    expect(into(['%%R\nx <- '], 0).source).toBe('%%R\nx <- Sys.getenv("KEY")');
  });

  it('asks our package where the user wants that', () => {
    expect(into(['x = '], 0, { style: 'get' }).source).toBe(
      'import datalayer_secrets\nx = datalayer_secrets.get("KEY")',
    );
  });

  it('has its import once: none where a cell above has it', () => {
    expect(into(['import os', 'x = '], 1).source).toBe(`x = ${KEY}`);
    expect(into(['import sys, os as o', 'x = '], 1).source).toBe(`import os\nx = ${KEY}`);
    expect(into(['%%bash\nimport os', ['markdown', 'import os'], 'x = '], 2).source).toBe(`import os\nx = ${KEY}`);
  });

  it('has an import where only a cell below has it, which runs later', () => {
    expect(into(['x = ', 'import os'], 0).source).toBe(`import os\nx = ${KEY}`);
  });

  it('goes on a line of its own at the end of a cell that nobody has edited', () => {
    expect(into(['import os\nf(1)'], 0).source).toBe(`import os\nf(1)\n${KEY}`);
  });

  it('leaves the other cells, outputs and metadata as they are', () => {
    const cells: CellOf[] = ['a = 1', ['code', 'x = ', { tags: ['keep'] }], ['markdown', '# b'], 'import os'];
    const { model, sources } = into(cells, 1);
    expect(sources()).toEqual(['a = 1', `import os\nx = ${KEY}`, '# b', 'import os']);
    expect([...model.cells].map((cell) => cell.metadata)).toEqual(
      [{}, { tags: ['keep'] }, {}, {}].map((own) => expect.objectContaining(own) as object),
    );
  });
});

describe('a reference goes to the cursor', () => {
  const edited = (source: string, selections: { start: [number, number]; end: [number, number] }[]) => {
    const notebook = notebookOf([source]);
    const page = pageOf(notebook.panel);
    const target = activeIn(page);
    target.editor?.focus();
    const at = ([line, column]: [number, number]) => ({ line, column });
    target.editor?.setSelections(selections.map(({ start, end }) => ({ start: at(start), end: at(end) })));
    insertReference(target, 'KEY', page.placesIn(target), MANNER);
    const carets = target.editor
      ?.getSelections()
      .map(({ start, end }) => [start.line, start.column, end.line, end.column]);
    return { target, carets, text: notebook.sources()[0] };
  };

  it('in the place of what is selected, with the cursor behind it', () => {
    const { text, carets } = edited('x = "sk-1"\ny', [{ start: [0, 4], end: [0, 10] }]);
    expect(text).toBe(`import os\nx = ${KEY}\ny`);
    expect(carets).toEqual([[1, 21, 1, 21]]);
  });

  it('at the very start too, where the user has put the cursor', () => {
    expect(edited('x', [{ start: [0, 0], end: [0, 0] }]).text).toBe(`import os\n${KEY}x`);
  });

  it('at every cursor, with one import', () => {
    const { text, carets } = edited('a = \nb = 1', [
      { start: [0, 4], end: [0, 4] },
      { start: [1, 4], end: [1, 5] },
    ]);
    expect(text).toBe(`import os\na = ${KEY}\nb = ${KEY}`);
    expect(carets).toEqual([[1, 21, 1, 21], [2, 21, 2, 21]]); // prettier-ignore
  });

  it('and one undo takes all of it back, and nothing of what was typed before or after', () => {
    const { target } = edited('', [{ start: [0, 0], end: [0, 0] }]);
    const { text } = target;
    text.undo();
    expect(text.getSource()).toBe('');
    text.updateSource(0, 0, 'x = ');
    const places = { selections: [{ start: 4, end: 4 }], ownLine: false };
    insertReference(target, 'KEY', places, MANNER);
    text.updateSource(0, 0, '# typed at once\n');
    text.undo();
    expect(text.getSource()).toBe(`import os\nx = ${KEY}`);
    text.undo();
    expect(text.getSource()).toBe('x = ');
    text.redo();
    expect(text.getSource()).toBe(`import os\nx = ${KEY}`);
  });
});

describe('nothing is written', () => {
  it.each([
    ['into text cells', [['markdown', '# a']], {}, 'unsupported'],
    ['into raw cells', [['raw', 'a']], {}, 'unsupported'],
    ['under a magic of an unknown language', ['%%javascript\nx'], {}, 'unsupported'],
    ['in an unknown language', ['x'], { metadata: { language_info: { name: 'cobol' } } }, 'unsupported'],
    ['while no language is known', ['x'], { metadata: {} }, 'unsupported'],
    ['into a cell that cannot be edited', [['code', 'x', { editable: false }]], {}, 'read-only'],
    ['into a notebook that cannot be saved', ['x'], { writable: false }, 'read-only'],
    ['where the language cannot say the name', ['%%bash\nx'], { name: 'my key' }, 'unwritable'],
  ] as const)('%s', (_, cells, of, kind) => {
    const { insertion, sources } = into(cells, 0, of);
    expect(insertion.kind).toBe(kind);
    expect(sources()).toEqual(cells.map((cell) => (typeof cell === 'string' ? cell : cell[1])));
  });
});

describe('a reference in a file', () => {
  const file = (source: string, path: string, mimeType: string) => {
    const model = new CodeEditor.Model({ mimeType });
    model.sharedModel.setSource(source);
    const page = pageOf(fileOf(model, path));
    const target = activeIn(page);
    const { kind } = insertReference(
      target,
      'KEY',
      { selections: [{ start: source.length, end: source.length }], ownLine: false },
      MANNER,
    );
    return kind === 'inserted' ? model.sharedModel.getSource() : kind;
  };

  it.each([
    ['a.py', 'text/x-python', 'x = ', `import os\nx = ${KEY}`],
    ['a.py', 'text/x-python', 'import os\nx = ', `import os\nx = ${KEY}`],
    ['a.R', 'text/x-rsrc', 'x <- ', 'x <- Sys.getenv("KEY")'],
    ['a.txt', 'text/x-rsrc', 'x <- ', 'x <- Sys.getenv("KEY")'],
    ['a.jsx', 'text/jsx', 'x = ', 'x = process.env.KEY'],
    ['a.ts', 'application/typescript', 'x = ', 'x = process.env.KEY'],
    ['run.sh', 'text/x-sh', 'echo ', 'echo "$KEY"'],
    ['.env', 'text/plain', 'KEY=', 'KEY=secret://KEY'],
    ['a.yaml', 'text/x-yaml', 'a: ', 'a: secret://KEY'],
    ['a.md', 'text/x-ipythongfm', 'a', 'unsupported'],
    ['a.txt', 'text/plain', 'a', 'unsupported'],
  ])('%s as %s', (path, mimeType, before, after) => {
    expect(file(before, path, mimeType)).toBe(after);
  });
});
