import { failure } from '@datalayer-secrets/shared';

import type { ISecrets, SecretRef } from '../tokens.ts';
import { insertReference, type Insertion } from './insert.ts';
import { neutralReference } from './offer.ts';
import type { IReferences } from './references.ts';
import type { Target } from './target.ts';

/** What a dragged secret is among the things that can be dropped. Its data say which one it is, nothing else. */
export const SECRET_MIME = 'application/vnd.datalayer.secret+json';

export interface DragOptions {
  readonly secrets: Pick<ISecrets, 'model'>;
  readonly references: IReferences;
  /** What became of a drop. */
  report(insertion: Insertion, target: Target, name: string): void;
}

/**
 * Lets the rows of the panel be dragged into cells and editors. The browser's own drag and drop: CodeMirror then shows where it goes,
 * and everywhere else a drop gives `secret://NAME`. Listens on the page as a whole, because cells come and go.
 */
export class SecretDrag {
  readonly #options: DragOptions;

  constructor(page: Document, options: DragOptions) {
    this.#options = options;
    page.addEventListener('dragstart', (event) => this.#start(event));
    // Before the editors, which leave alone what is prevented.
    page.addEventListener('dragover', (event) => this.#over(event), { capture: true });
    page.addEventListener('drop', (event) => this.#drop(event), { capture: true });
  }

  #start({ target, dataTransfer }: DragEvent): void {
    const ref = target instanceof Element ? refOfRow(target) : null;
    const name = ref && this.#nameOf(ref);
    if (!ref || name === undefined || name === null || !dataTransfer) return;
    dataTransfer.setData(SECRET_MIME, JSON.stringify(ref));
    dataTransfer.setData('text/plain', neutralReference(name));
    dataTransfer.effectAllowed = 'copy';
  }

  #over(event: DragEvent): void {
    const { dataTransfer } = event;
    if (!dataTransfer?.types.includes(SECRET_MIME) || !this.#targetOf(event)) return;
    event.preventDefault();
    dataTransfer.dropEffect = 'copy';
  }

  #drop(event: DragEvent): void {
    const data = event.dataTransfer?.getData(SECRET_MIME) ?? '';
    const target = data === '' ? null : this.#targetOf(event);
    const editor = target?.editor;
    if (!target || !editor) return;
    event.preventDefault();
    const name = this.#nameOf(JSON.parse(data) as SecretRef);
    if (name === undefined) throw failure('not_found');
    const { clientX: left, clientY: top } = event;
    const position = editor.getPositionForCoordinate({ left, top, right: left, bottom: top });
    const at = position ? editor.getOffsetAt(position) : target.text.getSource().length;
    const places = { selections: [{ start: at, end: at }], ownLine: false };
    this.#options.report(insertReference(target, name, places, this.#options.references.manner), target, name);
  }

  #targetOf({ target }: DragEvent): Target | null {
    const element = target instanceof Element ? target : target instanceof Node ? target.parentElement : null;
    return element && this.#options.references.documents.at(element);
  }

  #nameOf({ vault, uid }: SecretRef): string | undefined {
    const list = this.#options.secrets.model.state.vaults.find(({ info }) => info.id === vault)?.list;
    return list && 'secrets' in list ? list.secrets.find((secret) => secret.uid === uid)?.name : undefined;
  }
}

/** The secret whose row an element of the panel belongs to. */
export function refOfRow(element: Element): SecretRef | null {
  const row = element.closest<HTMLElement>('#datalayer-secrets-panel [data-uid]');
  const { vault, uid } = row?.dataset ?? {};
  return vault !== undefined && uid !== undefined ? { vault, uid } : null;
}
