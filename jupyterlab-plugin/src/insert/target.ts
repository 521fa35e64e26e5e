import {
  isImportedIn,
  languageFor,
  languageInCell,
  placeAtEnd,
  type Places,
  type ReferenceImport,
  type ReferenceLanguage,
} from '@datalayer-secrets/shared';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Cell } from '@jupyterlab/cells';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor, IEditorTracker } from '@jupyterlab/fileeditor';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import { languageOfMime, languageOfNotebook } from './language.ts';

export type SharedText = CodeEditor.IModel['sharedModel'];

interface Place {
  readonly text: SharedText;
  /** Null for a cell that is out of sight and was not drawn yet. */
  readonly editor: CodeEditor.IEditor | null;
}

/** Where a reference can go. */
export type Target =
  | (Place & { readonly kind: 'cell'; readonly panel: NotebookPanel; readonly cell: Cell })
  | (Place & {
      readonly kind: 'file';
      readonly panel: IDocumentWidget<FileEditor>;
      readonly editor: CodeEditor.IEditor;
    });

export interface DocumentsOptions {
  readonly shell: Pick<JupyterFrontEnd.IShell, 'currentWidget'>;
  readonly notebooks: INotebookTracker | null;
  readonly editors: IEditorTracker | null;
}

/** The notebooks and files that are open in this page. */
export class Documents {
  readonly #options: DocumentsOptions;
  /** Editors that had the focus: their cursor is where somebody put it. */
  readonly #entered = new WeakSet<Element>();

  constructor(options: DocumentsOptions) {
    this.#options = options;
    document.addEventListener('focusin', ({ target }) => {
      const host = target instanceof Element && target.closest('.jp-Editor');
      if (host) this.#entered.add(host);
    });
  }

  /** The editor or notebook cell the user works in, also while the focus is in a side bar or a dialog. Null when there is none. */
  active(): Target | null {
    const { shell, notebooks, editors } = this.#options;
    const { currentWidget } = shell;
    if (!currentWidget) return null;
    const panel = notebooks?.find((one) => one === currentWidget);
    if (panel) return panel.content.activeCell && inCell(panel, panel.content.activeCell);
    const file = editors?.find((one) => one === currentWidget);
    return file ? inFile(file) : null;
  }

  /** The editor or cell whose text an element of the page belongs to. */
  at(element: Element): Target | null {
    const { notebooks, editors } = this.#options;
    const panel = notebooks?.find(({ content }) => content.node.contains(element));
    const cell = panel?.content.widgets.find(({ node }) => node.contains(element));
    if (panel && cell) return cell.editor?.host.contains(element) ? inCell(panel, cell) : null;
    const file = editors?.find(({ content }) => content.editor.host.contains(element));
    return file ? inFile(file) : null;
  }

  /** What is selected; in a cell that nobody has edited here its end. */
  placesIn({ kind, editor, text }: Target): Places {
    if (!editor || (kind === 'cell' && !this.#entered.has(editor.host))) return placeAtEnd(text.getSource());
    return { selections: selectionsIn(editor), ownLine: false };
  }
}

function inCell(panel: NotebookPanel, cell: Cell): Target {
  return { kind: 'cell', panel, cell, editor: cell.editor, text: cell.model.sharedModel };
}

function inFile(panel: IDocumentWidget<FileEditor>): Target {
  const { editor, model } = panel.content;
  return { kind: 'file', panel, editor, text: model.sharedModel };
}

/** What is selected, as offsets. */
export function selectionsIn(editor: CodeEditor.IEditor): Places['selections'] {
  return editor.getSelections().map(({ start, end }) => ({
    start: editor.getOffsetAt(start),
    end: editor.getOffsetAt(end),
  }));
}

export function languageOf(target: Target): ReferenceLanguage | null {
  if (target.kind === 'file')
    return languageFor(languageOfMime(target.panel.content.model.mimeType), target.panel.context.path);
  if (target.cell.model.type !== 'code') return null;
  return languageInCell(languageOfNotebook(target.panel), target.text.getSource());
}

/** Whether JupyterLab would not let the user change the text, or not save it. */
export function isReadOnly(target: Target): boolean {
  const { panel, editor } = target;
  if (editor?.getOption('readOnly') === true || panel.context.model.readOnly) return true;
  if (target.kind === 'cell' && target.cell.model.getMetadata('editable') === false) return true;
  return panel.context.contentsModel?.writable === false;
}

/** Whether code that runs before this cell imports already what a reference needs. */
export function isImportedBefore(target: Target, language: ReferenceLanguage, needed: ReferenceImport): boolean {
  if (target.kind === 'file') return false;
  const { panel, cell } = target;
  const languageId = languageOfNotebook(panel);
  const cells = panel.content.widgets;
  const earlier = cells
    .slice(0, cells.indexOf(cell))
    .filter(({ model }) => model.type === 'code')
    .map(({ model }) => ({ languageId, text: model.sharedModel.getSource() }));
  return isImportedIn(earlier, language, needed);
}
