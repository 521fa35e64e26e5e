import type { CodeEditor } from '@jupyterlab/codeeditor';
import { CodeMirrorEditor, ybinding } from '@jupyterlab/codemirror';
import { EditorState } from '@codemirror/state';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor, IEditorTracker } from '@jupyterlab/fileeditor';
import { type INotebookTracker, NotebookModel, type NotebookPanel } from '@jupyterlab/notebook';
import type { IYText } from '@jupyter/ydoc';
import { Signal } from '@lumino/signaling';
import { Documents, type Target } from '../../../../jupyterlab-plugin/src/insert/target.ts';

/** A cell as `code` or `[type, source, metadata]`. */
export type CellOf = string | readonly [type: 'code' | 'markdown' | 'raw', source: string, metadata?: object];

export interface NotebookOf {
  readonly metadata?: object;
  readonly writable?: boolean;
}

/** The editor that JupyterLab makes for a text, bound to it by Yjs. */
export function editorOf(model: CodeEditor.IModel): CodeMirrorEditor {
  const { ysource, undoManager } = model.sharedModel as unknown as IYText;
  const host = document.createElement('div');
  document.body.append(host);
  return new CodeMirrorEditor({
    host,
    model,
    extensions: [
      ybinding({ ytext: ysource, ...(undoManager && { undoManager }) }),
      EditorState.allowMultipleSelections.of(true),
    ],
  });
}

/** A notebook with JupyterLab's models and editors; what holds them together on the screen is not there. */
export function notebookOf(
  cells: readonly CellOf[],
  { metadata = { language_info: { name: 'python' } }, writable = true }: NotebookOf = {},
) {
  const model = new NotebookModel();
  model.fromJSON({
    metadata,
    nbformat: 4,
    nbformat_minor: 5,
    cells: cells.map((cell, index) => {
      const [type, source, more = {}] = typeof cell === 'string' ? (['code', cell] as const) : cell;
      const parts = { cell_type: type, source, metadata: more, id: `c${index}` };
      return type === 'code' ? { ...parts, outputs: [], execution_count: null } : parts;
    }),
  } as Parameters<NotebookModel['fromJSON']>[0]);
  const widgets = [...model.cells].map((cell) => {
    const editor = editorOf(cell);
    return { model: cell, editor, node: editor.host, readOnly: cell.getMetadata('editable') === false };
  });
  const content = {
    widgets,
    activeCellIndex: 0,
    get activeCell() {
      return widgets[this.activeCellIndex] ?? null;
    },
    mode: 'command',
    node: { contains: (node: Node) => widgets.some(({ node: own }) => own.contains(node)) },
    scrollToItem: () => Promise.resolve(),
  };
  const panel = {
    model,
    content,
    context: { model, contentsModel: { writable }, path: 'a.ipynb' },
    sessionContext: {
      session: null,
      kernelPreference: {},
      specsManager: { specs: null },
      statusChanged: new Signal<object, string>({}),
    },
  } as unknown as NotebookPanel;
  return { panel, content, model, sources: () => widgets.map(({ model: cell }) => cell.sharedModel.getSource()) };
}

/** A file in JupyterLab's editor. */
export function fileOf(model: CodeEditor.IModel, path: string) {
  const editor = editorOf(model);
  return {
    content: { editor, model },
    context: { model: { readOnly: false }, contentsModel: { writable: true }, path },
  } as unknown as IDocumentWidget<FileEditor>;
}

/** The page that shows one of them. */
export function pageOf(shown: NotebookPanel | IDocumentWidget<FileEditor>): Documents {
  const tracker = (widget: unknown) => ({
    find: (test: (one: unknown) => boolean) => (test(widget) ? widget : undefined),
  });
  const isNotebook = 'sessionContext' in shown;
  return new Documents({
    shell: { currentWidget: shown },
    notebooks: (isNotebook ? tracker(shown) : null) as INotebookTracker | null,
    editors: (isNotebook ? null : tracker(shown)) as IEditorTracker | null,
  });
}

export function activeIn(page: Documents): Target {
  const target = page.active();
  if (!target) throw new Error('nothing is active');
  return target;
}
