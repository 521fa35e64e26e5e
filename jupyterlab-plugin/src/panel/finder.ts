import { type Secret, SecretIndex, type SearchResult, type VaultView } from '@datalayer-secrets/shared';

export interface Found {
  readonly vault: string;
  readonly result: SearchResult;
}

/** Searches the lists of all vaults as one, so that the best comes first whatever vault it is in. */
export class Finder {
  readonly #vaultOf = new Map<Secret, string>();
  readonly #index: SecretIndex;

  constructor(vaults: readonly VaultView[]) {
    for (const { info, list } of vaults)
      if ('secrets' in list) for (const secret of list.secrets) this.#vaultOf.set(secret, info.id);
    this.#index = new SecretIndex([...this.#vaultOf.keys()]);
  }

  /** Best first; an empty query finds nothing. */
  find(query: string): Found[] {
    if (query.trim() === '') return [];
    return this.#index.search(query).map((result) => ({ vault: this.#vaultOf.get(result.secret) ?? '', result }));
  }
}
