import { languageFor, languageInCell, type ReferenceLanguage } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

/** Where a reference can go. The editor is null for a cell that none shows at the moment. */
export interface Target {
  readonly document: vscode.TextDocument;
  readonly editor: vscode.TextEditor | null;
  readonly cell: vscode.NotebookCell | null;
}

/**
 * The editor or notebook cell the user works in, also while the focus is in a view: VS Code keeps it active then. In a
 * notebook whose cells do not have the cursor (command mode, an output), the selected cell. Null when there is none.
 */
export function activeTarget(): Target | null {
  const editor = vscode.window.activeTextEditor ?? null;
  const notebook = vscode.window.activeNotebookEditor;
  const written = editor && cellOf(editor.document);
  if (editor && (written || !notebook)) return { document: editor.document, editor, cell: written };
  if (!notebook || notebook.selection.start >= notebook.notebook.cellCount) return null;
  const cell = notebook.notebook.cellAt(notebook.selection.start);
  const shown = vscode.window.visibleTextEditors.find(({ document }) => document === cell.document) ?? null;
  return { document: cell.document, editor: shown, cell };
}

function cellOf(document: vscode.TextDocument): vscode.NotebookCell | null {
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cell = notebook.getCells().find((each) => each.document === document);
    if (cell) return cell;
  }
  return null;
}

export function languageOf({ document, cell }: Target): ReferenceLanguage | null {
  return cell
    ? languageInCell(document.languageId, document.getText())
    : languageFor(document.languageId, document.fileName);
}

/** What is selected, as offsets; in a cell whose cursor was never set, its end. */
export function selectionsOf({ document, editor, cell }: Target): readonly { start: number; end: number }[] {
  const end = document.getText().length;
  const selections = (editor?.selections ?? []).map((selection) => ({
    start: document.offsetAt(selection.start),
    end: document.offsetAt(selection.end),
  }));
  const unset = selections.length === 0 || (selections.length === 1 && selections[0]?.end === 0);
  const hasCursor = vscode.window.activeTextEditor === editor;
  return cell && unset && !hasCursor ? [{ start: end, end }] : selections;
}

/** Whether code that runs before this cell imports already what a reference needs. */
export function isImportedBefore(
  { cell }: Target,
  language: ReferenceLanguage,
  isPresent: (text: string) => boolean,
): boolean {
  if (!cell) return false;
  return cell.notebook
    .getCells(new vscode.NotebookRange(0, cell.index))
    .filter(({ kind }) => kind === vscode.NotebookCellKind.Code)
    .map(({ document }) => ({ document, text: document.getText() }))
    .some(({ document, text }) => languageInCell(document.languageId, text)?.id === language.id && isPresent(text));
}
