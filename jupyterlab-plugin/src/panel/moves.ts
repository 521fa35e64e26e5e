import { isBranch, type Row } from './rows.ts';

/** What a key does in the list: another row has the focus, or a row opens or closes. */
export type Move = { readonly to: number } | { readonly toggle: string };

/** Rows that Page Up and Page Down go past. */
const PAGE = 10;

/** As trees are used everywhere (the ARIA practices' tree view). Null for keys that do not move. */
export function moveBy(key: string, rows: readonly Row[], at: number): Move | null {
  const row = rows[at];
  if (!row) return null;
  const last = rows.length - 1;
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(at + 1, last) };
    case 'ArrowUp':
      return { to: Math.max(at - 1, 0) };
    case 'PageDown':
      return { to: Math.min(at + PAGE, last) };
    case 'PageUp':
      return { to: Math.max(at - PAGE, 0) };
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: last };
    case 'ArrowRight':
      if (!isBranch(row)) return null;
      return row.open ? { to: Math.min(at + 1, last) } : { toggle: row.id };
    case 'ArrowLeft':
      return isBranch(row) && row.open ? { toggle: row.id } : { to: parentOf(rows, at) };
    default:
      return null;
  }
}

/** Index of the row above that this one is below; itself where there is none. */
function parentOf(rows: readonly Row[], at: number): number {
  const level = rows[at]?.level ?? 1;
  for (let index = at - 1; index >= 0; index--) if ((rows[index]?.level ?? level) < level) return index;
  return at;
}

/**
 * Where the focus goes when the rows change: to the same row, else to the one that has taken its place, so that after a deletion the
 * next one has it. -1 without rows.
 */
export function keepPlace(rows: readonly Row[], id: string | null, before: number): number {
  const same = id === null ? -1 : rows.findIndex((row) => row.id === id);
  return same === -1 ? Math.min(Math.max(before, 0), rows.length - 1) : same;
}
