import {
  isImportedIn,
  languageFor,
  languageInCell,
  placeAtEnd,
  type Places,
  type ReferenceImport,
  type ReferenceLanguage,
} from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

/** Where a reference can go. The editor is null for a cell that none shows at the moment. */
export interface Target {
  readonly document: vscode.TextDocument;
  readonly editor: vscode.TextEditor | null;
  readonly cell: vscode.NotebookCell | null;
}

/**
 * The editor or notebook cell the user works in, also while the focus is in a view: VS Code keeps it active then. In a
 * notebook that is the selected cell, with the cursor in it or not (command mode, an output). Null when there is none.
 */
export function activeTarget(): Target | null {
  const { activeTextEditor, activeNotebookEditor, visibleTextEditors } = vscode.window;
  const inCell = activeTextEditor?.document.uri.scheme === 'vscode-notebook-cell';
  if (activeTextEditor && !(activeNotebookEditor && inCell)) {
    return { document: activeTextEditor.document, editor: activeTextEditor, cell: null };
  }
  const cell = activeNotebookEditor && selectedCell(activeNotebookEditor, activeTextEditor);
  if (!cell) return null;
  const editor = visibleTextEditors.find(({ document }) => document === cell.document) ?? null;
  return { document: cell.document, editor, cell };
}

/**
 * The same, with the cursor in it, so that what is inserted there is seen and one undo takes it back: in a notebook VS Code
 * undoes changes of text only while a cell is edited. It also settles which cell has the focus where no API tells.
 */
export async function enterTarget(): Promise<Target | null> {
  const { activeNotebookEditor: notebook } = vscode.window;
  const target = activeTarget();
  if (!notebook) {
    // A box that belongs to another view has no column.
    if (target?.editor?.viewColumn !== undefined)
      await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    return target;
  }
  if (
    target &&
    (!target.cell || (target.cell.kind === vscode.NotebookCellKind.Markup && !notebook.selection.isEmpty))
  ) {
    return target;
  }
  // A cell that is edited already would lose the cursor by being told to be edited.
  await vscode.commands.executeCommand('notebook.cell.quitEdit');
  await vscode.commands.executeCommand('notebook.cell.edit');
  await whenSo(() => !notebook.selection.isEmpty && activeTarget()?.editor === vscode.window.activeTextEditor);
  return notebook.selection.isEmpty ? null : activeTarget();
}

/** Waits until the extension host was told what the editor did; not for long, because it may have refused. */
async function whenSo(holds: () => boolean): Promise<void> {
  const { onDidChangeActiveTextEditor, onDidChangeVisibleTextEditors, onDidChangeNotebookEditorSelection } =
    vscode.window;
  if (holds()) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      listening.dispose();
      resolve();
    };
    const timer = setTimeout(end, 1_000);
    const look = () => holds() && end();
    const listening = vscode.Disposable.from(
      onDidChangeActiveTextEditor(look),
      onDidChangeVisibleTextEditors(look),
      onDidChangeNotebookEditorSelection(look),
    );
  });
}

/**
 * The active text editor of a notebook belongs to the cell that was edited last; the selection can be another cell. It is
 * empty once Escape was pressed in a cell that is not edited, wherever the focus goes then.
 */
function selectedCell(
  { notebook, selection }: vscode.NotebookEditor,
  active: vscode.TextEditor | undefined,
): vscode.NotebookCell | undefined {
  if (selection.isEmpty) return notebook.getCells().find(({ document }) => document === active?.document);
  return notebook.getCells(selection)[0];
}

export function languageOf({ document, cell }: Target): ReferenceLanguage | null {
  return cell
    ? languageInCell(document.languageId, document.getText())
    : languageFor(document.languageId, document.fileName);
}

/**
 * What is selected. In a cell whose cursor stands at the very start it was most likely never set, and VS Code does not tell:
 * there it is the end of the cell, on a new line unless the text waits for an operand.
 */
export function placesIn({ document, editor, cell }: Target): Places {
  const selections = (editor?.selections ?? []).map(({ start, end }) => ({
    start: document.offsetAt(start),
    end: document.offsetAt(end),
  }));
  if (!cell || selections.some(({ end }) => end > 0)) return { selections, ownLine: false };
  return placeAtEnd(document.getText());
}

/** Whether code that runs before this cell imports already what a reference needs. */
export function isImportedBefore({ cell }: Target, language: ReferenceLanguage, needed: ReferenceImport): boolean {
  if (!cell) return false;
  const earlier = cell.notebook
    .getCells(new vscode.NotebookRange(0, cell.index))
    .filter(({ kind }) => kind === vscode.NotebookCellKind.Code)
    .map(({ document }) => ({ languageId: document.languageId, text: document.getText() }));
  return isImportedIn(earlier, language, needed);
}
