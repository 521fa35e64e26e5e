/**
 * The rows of the list, apart from what draws them: vaults where there are several, then types, then secrets; or what a search
 * found, best first. Flat, because only the rows in sight are drawn.
 */
import {
  hasSecrets,
  type FieldMatch,
  type PendingSecret,
  type Secret,
  type SecretType,
  shownGroups,
  type VaultView,
} from '@datalayer-secrets/shared';

import type { SecretRef } from '../tokens.ts';
import type { Found } from './finder.ts';

export type Row = VaultRow | GroupRow | SecretRow | PendingRow | NoteRow;

/** Where a row is in the tree, as screen readers are told; counts from 1. */
interface Place {
  readonly id: string;
  readonly vault: string;
  readonly level: number;
  readonly position: number;
  /** Of how many, on its level. */
  readonly size: number;
}

export interface VaultRow extends Place {
  readonly kind: 'vault';
  readonly view: VaultView;
  readonly open: boolean;
}

export interface GroupRow extends Place {
  readonly kind: 'group';
  readonly type: SecretType;
  readonly count: number;
  readonly open: boolean;
}

export interface SecretRow extends Place {
  readonly kind: 'secret';
  readonly secret: Secret;
  readonly deleting: boolean;
  /** What a search found in it, and in which vault where there are several. */
  readonly found: { readonly matches: readonly FieldMatch[]; readonly vaultShown: boolean } | null;
}

/** On its way into the vault; not listed as stored. */
export interface PendingRow extends Place {
  readonly kind: 'pending';
  readonly secret: PendingSecret;
}

/** Says why a vault among several shows no secrets, and is the way on. */
export interface NoteRow extends Place {
  readonly kind: 'note';
  readonly view: VaultView;
}

export interface Shown {
  readonly vaults: readonly VaultView[];
  readonly typeFilter: SecretType | null;
  /** Ids of the rows that are closed. */
  readonly closed: ReadonlySet<string>;
}

export function listRows({ vaults, typeFilter, closed }: Shown): Row[] {
  const rows: Row[] = [];
  if (vaults.length === 1 && vaults[0]) addGroups(rows, vaults[0], typeFilter, closed, 1);
  else {
    vaults.forEach((view, index) => {
      const vault = view.info.id;
      const id = `vault/${vault}`;
      const open = !closed.has(id);
      rows.push({ kind: 'vault', id, vault, level: 1, position: index + 1, size: vaults.length, view, open });
      if (!open) return;
      const before = rows.length;
      if (hasSecrets(view)) addGroups(rows, view, typeFilter, closed, 2);
      // A vault without rows of its own still says why.
      if (rows.length === before)
        rows.push({ kind: 'note', id: `${id}/note`, vault, level: 2, position: 1, size: 1, view });
    });
  }
  return rows;
}

function addGroups(
  rows: Row[],
  view: VaultView,
  typeFilter: SecretType | null,
  closed: ReadonlySet<string>,
  level: number,
): void {
  const vault = view.info.id;
  const groups = shownGroups(view, typeFilter);
  groups.forEach(({ type, secrets, creating }, index) => {
    const id = `${vault}/${type}`;
    const open = !closed.has(id);
    const count = secrets.length;
    rows.push({ kind: 'group', id, vault, level, position: index + 1, size: groups.length, type, count, open });
    if (!open) return;
    const size = creating.length + secrets.length;
    creating.forEach((secret, at) =>
      rows.push({
        kind: 'pending',
        id: `${id}/+${secret.name}`,
        vault,
        level: level + 1,
        position: at + 1,
        size,
        secret,
      }),
    );
    secrets.forEach((secret, at) =>
      rows.push({
        kind: 'secret',
        id: secretRowId(vault, secret.uid),
        vault,
        level: level + 1,
        position: creating.length + at + 1,
        size,
        secret,
        deleting: view.deleting.has(secret.uid),
        found: null,
      }),
    );
  });
}

/** What a search found, best first. */
export function foundRows(found: readonly Found[], vaults: readonly VaultView[]): SecretRow[] {
  const deleting = new Map(vaults.map(({ info, deleting: uids }) => [info.id, uids]));
  return found.map(({ vault, result }, index) => ({
    kind: 'secret',
    id: secretRowId(vault, result.secret.uid),
    vault,
    level: 1,
    position: index + 1,
    size: found.length,
    secret: result.secret,
    deleting: deleting.get(vault)?.has(result.secret.uid) === true,
    found: {
      // Found when asked for: most rows are never drawn.
      get matches() {
        return result.matches;
      },
      vaultShown: vaults.length > 1,
    },
  }));
}

export function secretRowId(vault: string, uid: string): string {
  return `secret/${vault}/${uid}`;
}

/** The secret that a row stands for, if it can be worked with. */
export function refOf(row: Row | undefined): SecretRef | null {
  return row?.kind === 'secret' && !row.deleting ? { vault: row.vault, uid: row.secret.uid } : null;
}

/** Whether a row has rows below it that can be hidden. */
export function isBranch(row: Row | undefined): row is VaultRow | GroupRow {
  return row?.kind === 'vault' || row?.kind === 'group';
}
