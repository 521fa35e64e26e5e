import { SecretIndex, type Secret, type VaultInfo, type VaultView } from '@datalayer-secrets/shared';

import type { SecretRef } from '../commands/command.ts';
import type { Recents } from './recents.ts';

/** More rows than anybody reads; typing one more letter finds the rest. */
const SHOWN = 200;

export interface Row extends SecretRef {
  readonly vault: VaultInfo;
}

/** What a pick shows: the rows in order, in groups where there are any. */
export interface Rows {
  readonly recent: readonly Row[];
  readonly rows: readonly Row[];
  /** How many more there are. */
  readonly more: number;
}

/** The secrets of some vaults, to be found by typing. */
export class SecretRows {
  readonly #rows: Row[];
  readonly #bySecret: ReadonlyMap<Secret, Row>;
  #index: SecretIndex | null = null;

  constructor(vaults: readonly VaultView[]) {
    this.#rows = vaults.flatMap(({ info, list, deleting }) =>
      list.kind === 'ready' || list.kind === 'stale'
        ? list.secrets
            .filter(({ uid }) => !deleting.has(uid))
            .map((secret) => ({ vaultId: info.id, vault: info, secret }))
        : [],
    );
    this.#rows.sort((a, b) => compare(a.secret.name, b.secret.name));
    this.#bySecret = new Map(this.#rows.map((row) => [row.secret, row]));
  }

  get size(): number {
    return this.#rows.length;
  }

  /** Best first; for an empty query those used lately, then all by name. */
  find(query: string, recents: Recents): Rows {
    if (query.trim() === '') {
      const recent = recents.among(this.#rows) as Row[];
      const others = recent.length === 0 ? this.#rows : this.#rows.filter((row) => !recent.includes(row));
      return { recent, rows: others.slice(0, SHOWN), more: Math.max(0, others.length - SHOWN) };
    }
    this.#index ??= new SecretIndex(this.#rows.map(({ secret }) => secret));
    const found = this.#index.search(query, SHOWN + 1).flatMap(({ secret }) => this.#bySecret.get(secret) ?? []);
    return { recent: [], rows: found.slice(0, SHOWN), more: found.length > SHOWN ? 1 : 0 };
  }
}

/** Names are mostly ASCII, where this is the same as a collator's order and a hundred times faster. */
function compare(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
