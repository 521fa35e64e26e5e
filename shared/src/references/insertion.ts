import { languageInCell, type ReferenceImport, type ReferenceLanguage, type WrittenReference } from './index.ts';

export interface Edit {
  /** Offsets in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Plan {
  /** Replacements in the text as it is, sorted and apart from each other: to be made in one step. */
  readonly edits: readonly Edit[];
  /** Where each reference ends in the text as it will be, in the order of the selections in the document. */
  readonly carets: readonly number[];
}

/**
 * How to put a reference in the place of each selection, with its import where the text would lack it. `imported`: it is
 * imported elsewhere. `eol` is the document's line break; a text put into it gets no other.
 */
export function planInsertion(
  text: string,
  selections: readonly { readonly start: number; readonly end: number }[],
  reference: Pick<WrittenReference, 'text' | 'import'>,
  { imported = false, eol = '\n' }: { readonly imported?: boolean; readonly eol?: string } = {},
): Plan {
  const places = [...selections].sort((a, b) => a.start - b.start);
  const edits: Edit[] = places.map(({ start, end }) => ({ start, end, text: reference.text }));
  // What is selected goes away, an import in it too: so the text that will be is the one to look at.
  const after = applied(text, edits);
  const needed = imported || reference.import?.isPresent(after) ? undefined : reference.import?.edit(after);
  if (!needed)
    return {
      edits,
      carets: carets(
        edits,
        reference.text.length,
        edits.map(() => 0),
      ),
    };
  return withImport(edits, needed.offset, needed.text.replace(/\n/g, eol), reference.text.length);
}

export interface Places {
  /** Offsets in the text. */
  readonly selections: readonly { readonly start: number; readonly end: number }[];
  /** What goes there goes on a line of its own. */
  readonly ownLine: boolean;
}

/** Where a reference goes in a cell in which nobody set a cursor: its end, on a new line unless the text waits for an operand. */
export function placeAtEnd(text: string): Places {
  return {
    selections: [{ start: text.length, end: text.length }],
    ownLine: !/(?:^|[\s=(,:+[{])$/.test(text),
  };
}

/** Whether one of these cells imports already what a reference in this language needs. */
export function isImportedIn(
  cells: Iterable<{ readonly languageId: string; readonly text: string }>,
  language: ReferenceLanguage,
  needed: Pick<ReferenceImport, 'isPresent'>,
): boolean {
  for (const { languageId, text } of cells) {
    if (languageInCell(languageId, text)?.id === language.id && needed.isPresent(text)) return true;
  }
  return false;
}

/** Adds a text whose place is an offset in the text that the edits make. */
function withImport(edits: Edit[], at: number, line: string, length: number): Plan {
  const before = edits.map(() => 0); // what stands before the reference in the text of its edit
  let shift = 0;
  for (const [index, edit] of edits.entries()) {
    const start = edit.start + shift;
    if (at < start) break;
    if (at <= start + length) {
      // Two edits at one place have no order, so one edit does both.
      const first = at === start;
      edits[index] = { ...edit, text: first ? line + edit.text : edit.text + line };
      if (first) before[index] = line.length;
      return { edits, carets: carets(edits, length, before) };
    }
    shift += length - (edit.end - edit.start);
  }
  const own = at - shift;
  const index = edits.findIndex(({ start }) => own < start);
  const insertion = { start: own, end: own, text: line };
  const place = index === -1 ? edits.length : index;
  const all = edits.toSpliced(place, 0, insertion);
  const ends = carets(all, length, before.toSpliced(place, 0, 0));
  return { edits: all, carets: ends.toSpliced(place, 1) };
}

function carets(edits: readonly Edit[], length: number, before: readonly number[]): number[] {
  let shift = 0;
  return edits.map((edit, index) => {
    const caret = edit.start + shift + (before[index] ?? 0) + length;
    shift += edit.text.length - (edit.end - edit.start);
    return caret;
  });
}

/** The text with the edits made. */
export function applied(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: replacement } of edits) {
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}
