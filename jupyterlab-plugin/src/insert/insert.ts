import {
  type Plan,
  planInsertion,
  type ReferenceLanguage,
  type Translate,
  writeReference,
  type WrittenReference,
} from '@datalayer-secrets/shared';

import type { HeldPlaces } from './held.ts';
import { isImportedBefore, isReadOnly, languageOf, type SharedText, type Target } from './target.ts';

/** Why no reference can be written. */
export type Refusal =
  /** Nobody has said how a reference looks in this language, or there is none: a cell that is not run. */
  | { readonly kind: 'unsupported' }
  /** The language cannot say this name; the hint says what to do. */
  | { readonly kind: 'unwritable'; readonly hint: string }
  | { readonly kind: 'read-only' };

interface Written {
  readonly reference: WrittenReference;
  readonly language: ReferenceLanguage;
}

export type Draft = Refusal | (Written & { readonly kind: 'writable' });
export type Insertion = Refusal | (Written & { readonly kind: 'inserted' });

export interface Manner {
  /** How Python asks, as the user set it. */
  readonly style: 'environment' | 'get';
  readonly translate: Translate;
}

/** A reference to the secret `name` in the language of a cell or file. Writes nothing yet. */
export function draftReference(target: Target, name: string, manner: Manner): Draft {
  const language = languageOf(target);
  if (!language) return { kind: 'unsupported' };
  if (isReadOnly(target)) return { kind: 'read-only' };
  const reference = writeReference(language, name, manner);
  if (reference.text === '') return { kind: 'unwritable', hint: reference.hint ?? '' };
  return { kind: 'writable', reference, language };
}

/**
 * Writes a reference to the secret `name` into a cell or file, in its language, in the place of what is selected (or at other
 * places), with its import once. One undo takes all of it back, and nothing else. The value is not needed, and not asked for.
 */
export function insertReference(
  target: Target,
  name: string,
  { selections, ownLine, typed }: HeldPlaces,
  manner: Manner,
): Insertion {
  const draft = draftReference(target, name, manner);
  if (draft.kind !== 'writable') return draft;
  const { reference, language } = draft;
  const { import: needed, text } = reference;
  // JupyterLab's texts have no other line break than this one; it puts a file's own back when it saves.
  const plan = planInsertion(
    target.text.getSource(),
    selections,
    { import: needed, text: ownLine ? `\n${text}` : text },
    { imported: needed !== null && isImportedBefore(target, language, needed) },
  );
  perform(target, plan);
  void show(target, typed ? [] : plan.carets);
  return { kind: 'inserted', reference, language };
}

/** Through the shared text, so that others who edit it get it too. */
function perform({ text }: Target, { edits }: Plan): void {
  beginStep(text);
  text.transact(() => {
    // From the end, so that the places before stay where they are.
    for (const edit of edits.toReversed()) text.updateSource(edit.start, edit.end, edit.text);
  });
  beginStep(text);
}

/** Yjs makes one step of all that is edited within half a second; the texts have its undo manager, their interface does not. */
function beginStep(text: SharedText): void {
  const { undoManager } = text as SharedText & { readonly undoManager?: { stopCapturing(): void } | null };
  undoManager?.stopCapturing();
}

/** Puts the cursor to the given offsets, behind what was inserted, and the focus there. */
async function show(target: Target, carets: readonly number[]): Promise<void> {
  if (target.kind === 'cell' && !target.editor) {
    const { content } = target.panel;
    // It rejects where the notebook is closed, or scrolled elsewhere, meanwhile.
    await content.scrollToItem(content.widgets.indexOf(target.cell)).catch(() => undefined);
    await target.cell.ready;
  }
  const editor = target.kind === 'cell' ? target.cell.editor : target.editor;
  const ends = carets.flatMap((caret) => editor?.getPositionAt(caret) ?? []);
  if (ends.length > 0) editor?.setSelections(ends.map((end) => ({ start: end, end })));
  enter(target);
}

/** Puts the focus into the text. */
export function enter(target: Target): void {
  if (target.kind === 'cell') {
    const { content } = target.panel;
    content.activeCellIndex = content.widgets.indexOf(target.cell);
    content.mode = 'edit';
    target.cell.editor?.focus();
  } else target.editor.focus();
}
