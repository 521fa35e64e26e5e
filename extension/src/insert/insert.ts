import {
  type Plan,
  planInsertion,
  type ReferenceLanguage,
  writeReference,
  type WrittenReference,
} from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { isImportedBefore, languageOf, placesIn, type Target } from './target.ts';

export type Insertion =
  | { readonly kind: 'inserted'; readonly reference: WrittenReference; readonly language: ReferenceLanguage }
  /** Nobody has said how a reference looks in this language. */
  | { readonly kind: 'unsupported' }
  /** The language cannot say this name; the hint says what to do. */
  | { readonly kind: 'unwritable'; readonly hint: string }
  | { readonly kind: 'read-only' };

/**
 * Writes a reference to the secret `name` into a document, in its language, in the place of what is selected (or at other
 * places), with its import once. One undo takes all of it back. The value is not needed, and not asked for.
 */
export async function insertReference(
  target: Target,
  name: string,
  { selections, ownLine } = placesIn(target),
): Promise<Insertion> {
  const language = languageOf(target);
  if (!language) return { kind: 'unsupported' };
  const reference = referenceIn(target.document, language, name);
  if (reference.text === '') return { kind: 'unwritable', hint: reference.hint ?? '' };
  const { import: needed, text } = reference;
  const eol = target.document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  const plan = planInsertion(
    target.document.getText(),
    selections,
    { import: needed, text: ownLine ? eol + text : text },
    {
      imported: needed !== null && isImportedBefore(target, language, needed),
      eol,
    },
  );
  return (await perform(target, plan)) ? { kind: 'inserted', reference, language } : { kind: 'read-only' };
}

/** How a reference is written here, as the user set it. */
export function referenceIn(
  document: vscode.TextDocument,
  language: ReferenceLanguage,
  name: string,
): WrittenReference {
  const style = vscode.workspace.getConfiguration('datalayerSecrets', document.uri).get<string>('pythonReference');
  return writeReference(language, name, { style: style === 'get' ? 'get' : 'environment' });
}

/** False when the document did not take the edit. */
async function perform({ document, editor, cell }: Target, { edits, carets }: Plan): Promise<boolean> {
  const replacements = edits.map(({ start, end, text }) =>
    vscode.TextEdit.replace(new vscode.Range(document.positionAt(start), document.positionAt(end)), text),
  );
  const version = document.version;
  if (editor) {
    await editor.edit((builder) => {
      for (const { range, newText } of replacements) builder.replace(range, newText);
    });
  } else if (vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) !== false) {
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, replacements);
    await vscode.workspace.applyEdit(edit);
    reveal(cell);
  }
  // An editor on a read-only document reports success and does nothing.
  if (document.version === version) return false;
  if (editor)
    editor.selections = carets.map((caret) => document.positionAt(caret)).map((at) => new vscode.Selection(at, at));
  return true;
}

/** Shows a cell that was changed out of sight. */
function reveal(cell: vscode.NotebookCell | null): void {
  const editor = vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook === cell?.notebook);
  if (!cell || !editor) return;
  editor.revealRange(
    new vscode.NotebookRange(cell.index, cell.index + 1),
    vscode.NotebookEditorRevealType.InCenterIfOutsideViewport,
  );
}
