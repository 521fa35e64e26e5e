import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { test } from './registry.ts';

const KEY = 'os.environ["OPENAI_API_KEY"]';

/** What the tree hands to a command. No service is needed to write a reference. */
function ref(name = 'OPENAI_API_KEY') {
  return { vaultId: 'local', secret: { uid: `uid-${name}`, name, description: '', type: 'key', kwargs: {} } };
}

const insert = (name?: string) =>
  vscode.commands.executeCommand<{ kind: string } | undefined>('datalayerSecrets.insertReference', ref(name));

async function open(language: string, content: string, ...selections: [number, number, number, number][]) {
  const document = await vscode.workspace.openTextDocument({ language, content });
  const editor = await vscode.window.showTextDocument(document);
  if (selections.length > 0) editor.selections = selections.map((each) => new vscode.Selection(...each));
  return { document, editor };
}

test('a reference goes to every cursor of a Python document, with one import, and one undo takes it back', async () => {
  const before = 'a = \nb = "old"\n';
  const { document, editor } = await open('python', before, [0, 4, 0, 4], [1, 4, 1, 9]);
  assert.equal((await insert())?.kind, 'inserted');
  assert.equal(document.getText(), `import os\na = ${KEY}\nb = ${KEY}\n`);
  assert.deepEqual(
    editor.selections.map(({ active, isEmpty }) => [active.line, active.character, isEmpty]),
    [
      [1, 4 + KEY.length, true],
      [2, 4 + KEY.length, true],
    ],
  );
  await vscode.commands.executeCommand('undo');
  assert.equal(document.getText(), before);
});

test('the import is not added twice', async () => {
  const { document } = await open('python', 'import os\nx = ', [1, 4, 1, 4]);
  await insert();
  await insert();
  assert.equal(document.getText(), `import os\nx = ${KEY}${KEY}`);
});

test('each language has its own reference', async () => {
  const written: Record<string, string> = {
    typescript: 'process.env.OPENAI_API_KEY',
    shellscript: '"$OPENAI_API_KEY"',
    r: 'Sys.getenv("OPENAI_API_KEY")',
    julia: 'ENV["OPENAI_API_KEY"]',
    powershell: '$env:OPENAI_API_KEY',
    yaml: 'secret://OPENAI_API_KEY',
  };
  for (const [language, reference] of Object.entries(written)) {
    const { document } = await open(language, '');
    await insert();
    assert.equal(document.getText(), reference, language);
  }
});

test('a document with Windows line ends keeps them', async () => {
  const { document } = await open('python', 'x = \r\ny = 1\r\n', [0, 4, 0, 4]);
  await insert();
  assert.equal(document.getText(), `import os\r\nx = ${KEY}\r\ny = 1\r\n`);
});

test('a language without references is left alone, and the command says so', async () => {
  const { document } = await open('markdown', '# Title\n');
  assert.equal((await insert())?.kind, 'unsupported');
  assert.equal(document.getText(), '# Title\n');
});

test('a read-only document is left alone, and the command says so', async () => {
  const provider = vscode.workspace.registerTextDocumentContentProvider('read-only', {
    provideTextDocumentContent: () => 'x = 1\n',
  });
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse('read-only:/module.py'));
    await vscode.languages.setTextDocumentLanguage(document, 'python');
    await vscode.window.showTextDocument(document);
    assert.equal((await insert())?.kind, 'read-only');
    assert.equal(document.getText(), 'x = 1\n');
  } finally {
    provider.dispose();
  }
});

test('without an editor nothing is inserted, and the command says so', async () => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  assert.equal((await insert())?.kind, 'no-editor');
});

interface Cell {
  readonly text: string;
  readonly kind?: vscode.NotebookCellKind;
  readonly output?: string;
}

async function openNotebook(...cells: Cell[]) {
  const data = new vscode.NotebookData(
    cells.map(({ text, kind = vscode.NotebookCellKind.Code, output }) => {
      const code = kind === vscode.NotebookCellKind.Code;
      const cell = new vscode.NotebookCellData(kind, text, code ? 'python' : 'markdown');
      if (output !== undefined) {
        cell.outputs = [new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.text(output)])];
      }
      return cell;
    }),
  );
  data.metadata = { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } };
  const document = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
  const editor = await vscode.window.showNotebookDocument(document);
  return { document, editor };
}

const outputsOf = (document: vscode.NotebookDocument) =>
  document
    .getCells()
    .map(({ outputs }) => outputs.map(({ items }) => items.map(({ data }) => Buffer.from(data).toString())));
const textsOf = (document: vscode.NotebookDocument) => document.getCells().map((cell) => cell.document.getText());

test('a reference goes into the selected cell; outputs of all cells stay', async () => {
  const { document, editor } = await openNotebook(
    { text: 'import sys', output: 'first' },
    { text: 'x = ', output: 'second' },
    { text: 'y', output: 'third' },
  );
  const outputs = outputsOf(document);
  editor.selection = new vscode.NotebookRange(1, 2);
  assert.equal((await insert())?.kind, 'inserted');
  assert.deepEqual(textsOf(document), ['import sys', `import os\nx = ${KEY}`, 'y']);
  assert.deepEqual(outputsOf(document), outputs);
  assert.equal(outputs[1]?.[0]?.[0], 'second');
});

test('an import in an earlier cell is enough, one in a later cell is not', async () => {
  const { document, editor } = await openNotebook({ text: 'import os' }, { text: 'x = ' }, { text: 'import os' });
  editor.selection = new vscode.NotebookRange(1, 2);
  await insert();
  assert.deepEqual(textsOf(document), ['import os', `x = ${KEY}`, 'import os']);

  const other = await openNotebook({ text: 'x = ' }, { text: 'import os' });
  other.editor.selection = new vscode.NotebookRange(0, 1);
  await insert();
  assert.deepEqual(textsOf(other.document), [`import os\nx = ${KEY}`, 'import os']);
});

test('a reference goes to the cursor of the cell being edited', async () => {
  const { document, editor } = await openNotebook({ text: 'x = 1\ny = 2' }, { text: '' });
  editor.selection = new vscode.NotebookRange(0, 1);
  await vscode.commands.executeCommand('notebook.cell.edit');
  await until(() => vscode.window.activeTextEditor?.document === document.cellAt(0).document);
  const cell = vscode.window.activeTextEditor as vscode.TextEditor;
  cell.selection = new vscode.Selection(0, 4, 0, 5);
  await insert();
  assert.deepEqual(textsOf(document), [`import os\nx = ${KEY}\ny = 2`, '']);
  await vscode.commands.executeCommand('undo');
  assert.deepEqual(textsOf(document), ['x = 1\ny = 2', '']);
});

test('several cursors in a cell each get the reference', async () => {
  const { document, editor } = await openNotebook({ text: 'x = 1\ny = 2' });
  editor.selection = new vscode.NotebookRange(0, 1);
  await vscode.commands.executeCommand('notebook.cell.edit');
  await until(() => vscode.window.activeTextEditor?.document === document.cellAt(0).document);
  const cell = vscode.window.activeTextEditor as vscode.TextEditor;
  cell.selections = [new vscode.Selection(0, 4, 0, 5), new vscode.Selection(1, 4, 1, 5)];
  await insert();
  assert.deepEqual(textsOf(document), [`import os\nx = ${KEY}\ny = ${KEY}`]);
});

test('where Escape emptied the selection, the cell with the focus gets the reference', async () => {
  const { document, editor } = await openNotebook({ text: 'a = ' }, { text: 'b = ' }, { text: 'c = ' });
  editor.selection = new vscode.NotebookRange(0, 1);
  await vscode.commands.executeCommand('notebook.cell.edit');
  await vscode.commands.executeCommand('notebook.cell.quitEdit');
  await vscode.commands.executeCommand('list.clear');
  await vscode.commands.executeCommand('list.focusDown');
  await vscode.commands.executeCommand('list.focusDown');
  await until(() => editor.selection.isEmpty);
  await insert();
  assert.deepEqual(textsOf(document), ['a = ', 'b = ', `import os\nc = ${KEY}`]);
});

test('in a cell without a cursor a reference goes to the end, on a line of its own after a full statement', async () => {
  const { document, editor } = await openNotebook({ text: 'import os\nprint(1)' }, { text: '' });
  editor.selection = new vscode.NotebookRange(0, 1);
  await insert();
  editor.selection = new vscode.NotebookRange(1, 2);
  await insert();
  assert.deepEqual(textsOf(document), [`import os\nprint(1)\n${KEY}`, KEY]);
});

test('a cell magic decides the language of its cell', async () => {
  const { document, editor } = await openNotebook({ text: '%%bash\necho ' });
  editor.selection = new vscode.NotebookRange(0, 1);
  await insert();
  assert.deepEqual(textsOf(document), ['%%bash\necho "$OPENAI_API_KEY"']);
});

test('a cell that is not on the screen gets its reference all the same, and one undo takes it back', async () => {
  const { document, editor } = await openNotebook(...Array.from({ length: 80 }, (_, row) => ({ text: `x${row} = ` })));
  editor.revealRange(new vscode.NotebookRange(0, 1));
  editor.selection = new vscode.NotebookRange(70, 71);
  assert.equal((await insert())?.kind, 'inserted');
  assert.equal(document.cellAt(70).document.getText(), `import os\nx70 = ${KEY}`);
  await vscode.commands.executeCommand('undo');
  assert.equal(document.cellAt(70).document.getText(), 'x70 = ');
});

test('a text editor beside a notebook gets the reference when it is the active one', async () => {
  const notebook = await openNotebook({ text: 'x = ' });
  const document = await vscode.workspace.openTextDocument({ language: 'python', content: 'y = ' });
  const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
  editor.selection = new vscode.Selection(0, 4, 0, 4);
  await insert();
  assert.equal(document.getText(), `import os\ny = ${KEY}`);
  assert.deepEqual(textsOf(notebook.document), ['x = ']);
  await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
});

test('a read-only notebook is left alone, and the command says so', async () => {
  const json = {
    cells: [{ cell_type: 'code', source: ['x = '], metadata: {}, outputs: [], execution_count: null }],
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  const refuse = () => {
    throw vscode.FileSystemError.NoPermissions();
  };
  const files: vscode.FileSystemProvider = {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: bytes.length }),
    readDirectory: () => [],
    readFile: () => bytes,
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
  const provider = vscode.workspace.registerFileSystemProvider('read-only-files', files, { isReadonly: true });
  try {
    const document = await vscode.workspace.openNotebookDocument(vscode.Uri.parse('read-only-files:/a.ipynb'));
    const editor = await vscode.window.showNotebookDocument(document);
    editor.selection = new vscode.NotebookRange(0, 1);
    assert.equal((await insert())?.kind, 'read-only');
    assert.deepEqual(textsOf(document), ['x = ']);
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    provider.dispose();
  }
});

test('a Markdown cell is left alone', async () => {
  const { document, editor } = await openNotebook({ text: '# Title', kind: vscode.NotebookCellKind.Markup });
  editor.selection = new vscode.NotebookRange(0, 1);
  assert.equal((await insert())?.kind, 'unsupported');
  assert.deepEqual(textsOf(document), ['# Title']);
});

test('a copied reference is in the language of the active editor, else language-free', async () => {
  await open('python', '');
  await vscode.commands.executeCommand('datalayerSecrets.copyReference', ref());
  assert.equal(await vscode.env.clipboard.readText(), KEY);
  await vscode.commands.executeCommand('datalayerSecrets.copyReference', ref('A'), [ref('A'), ref('B')].slice(1));
  assert.equal(await vscode.env.clipboard.readText(), 'os.environ["A"]');
  await open('markdown', '');
  await vscode.commands.executeCommand('datalayerSecrets.copyReference', ref());
  assert.equal(await vscode.env.clipboard.readText(), 'secret://OPENAI_API_KEY');
});

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `still not: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
