import type { JupyterFrontEnd } from '@jupyterlab/application';

import { COMMANDS, type SecretRef } from '../tokens.ts';
import { enter } from './insert.ts';
import type { Documents, Target } from './target.ts';

/** What a dragged secret is among the things that can be dropped. Its data say which one it is, nothing else. */
export const SECRET_MIME = 'application/vnd.datalayer.secret+json';

export interface DragOptions {
  readonly documents: Documents;
  readonly commands: Pick<JupyterFrontEnd['commands'], 'execute'>;
}

/**
 * Lets the rows of the panel be dragged into cells and editors. The browser's own drag and drop, so that CodeMirror shows where it
 * goes; without a text, because CodeMirror would insert that. Listens on the page as a whole, because cells come and go.
 */
export class SecretDrag {
  readonly #options: DragOptions;

  constructor(page: Document, options: DragOptions) {
    this.#options = options;
    page.addEventListener('dragstart', (event) => this.#start(event));
    page.addEventListener('dragover', (event) => this.#over(event));
    page.addEventListener('drop', (event) => this.#drop(event));
  }

  #start({ target, dataTransfer }: DragEvent): void {
    const ref = target instanceof Element ? refOfRow(target) : null;
    if (!ref || !dataTransfer) return;
    dataTransfer.setData(SECRET_MIME, JSON.stringify(ref));
    dataTransfer.effectAllowed = 'copy';
  }

  #over(event: DragEvent): void {
    const { dataTransfer } = event;
    if (!dataTransfer?.types.includes(SECRET_MIME) || !this.#targetOf(event)) return;
    event.preventDefault();
    dataTransfer.dropEffect = 'copy';
  }

  /** Sets the cursor there, and inserts as if the command had been called. */
  #drop(event: DragEvent): void {
    const ref = readRef(event.dataTransfer?.getData(SECRET_MIME) ?? '');
    const target = ref && this.#targetOf(event);
    if (!target?.editor) return;
    event.preventDefault();
    const { clientX: left, clientY: top } = event;
    const position = target.editor.getPositionForCoordinate({ left, top, right: left, bottom: top });
    if (position) target.editor.setCursorPosition(position, { scroll: false });
    enter(target);
    void this.#options.commands.execute(COMMANDS.insert, { ...ref });
  }

  #targetOf({ target }: DragEvent): Target | null {
    const element = target instanceof Element ? target : target instanceof Node ? target.parentElement : null;
    return element && this.#options.documents.at(element);
  }
}

/** Whoever drags something can say that it is one of ours. */
function readRef(data: string): SecretRef | null {
  try {
    const { vault, uid } = JSON.parse(data) as Partial<Record<string, unknown>>;
    return typeof vault === 'string' && typeof uid === 'string' ? { vault, uid } : null;
  } catch {
    return null;
  }
}

/** The secret whose row an element of the panel belongs to. */
export function refOfRow(element: Element): SecretRef | null {
  const row = element.closest<HTMLElement>('#datalayer-secrets-panel [data-uid]');
  const { vault, uid } = row?.dataset ?? {};
  return vault !== undefined && uid !== undefined ? { vault, uid } : null;
}
