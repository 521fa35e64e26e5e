import type { NewRecord, Vault, Principal } from '../vault/types.ts';
import type { Account, SecretChanges, SecretType } from '@datalayer-secrets/shared';
import { ownAccount } from './profile.ts';

/** A secret as the wire tells it; times are ISO 8601 in UTC or unknown. */
export interface Item {
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  readonly type: SecretType;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
}

/** Bytes of a value and whose they are. Whoever asked wipes the bytes. */
export interface Revealed {
  readonly item: Item;
  readonly value: Buffer;
}

/**
 * The secrets of one vault as one principal may use them: what the routes of the secrets API are written against, for
 * the local vault and for remote ones. Every method fails with `SecretsError`s only.
 */
export interface OpenSecrets {
  list(): Promise<Item[]>;
  create(secret: NewRecord): Promise<Item>;
  update(uid: string, changes: SecretChanges): Promise<Item>;
  replace(uid: string, value: Buffer): Promise<Item>;
  reveal(uid: string): Promise<Revealed>;
  revealAll(): Promise<Revealed[]>;
  hasValue(uid: string, value: Buffer): Promise<boolean>;
  delete(uid: string): Promise<void>;
  whoami(): Promise<Account>;
}

/** The local vault, which audits each of these under the principal's label. */
export function localSecrets(vault: Vault, by: Principal): OpenSecrets {
  return {
    list: () => vault.list(by),
    create: (secret) => vault.create(by, secret),
    update: (uid, changes) => vault.update(by, uid, changes),
    replace: (uid, value) => vault.replace(by, uid, value),
    reveal: async (uid) => {
      const { record, value } = await vault.reveal(by, uid);
      return { item: record, value };
    },
    revealAll: async () => (await vault.revealAll(by)).map(({ record, value }) => ({ item: record, value })),
    hasValue: (uid, value) => vault.hasValue(uid, value),
    delete: (uid) => vault.delete(by, uid),
    whoami: () => Promise.resolve(ownAccount()),
  };
}
