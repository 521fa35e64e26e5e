import { timingSafeEqual } from 'node:crypto';
import { SecretsError } from '@datalayer-secrets/shared';
import { openSqliteStore } from '../store/sqlite-store.ts';
import { AuditTrail, openAuditKey, sealAuditKey } from './audit-trail.ts';
import { Envelope } from './envelope.ts';
import { pooledRandomBytes } from './random.ts';
import { KEY_BYTES } from './seal.ts';
import { SealedNotes } from './sealed-notes.ts';
import type { Store } from './store.ts';
import { StoredVault } from './stored-vault.ts';
import type { Vault } from './types.ts';
import { deriveVaultKeys, type VaultKeys } from './vault-keys.ts';

/** The one account of a vault on somebody's own machine. */
const ACCOUNT = 'local';

export interface OpenVaultOptions {
  readonly file: string;
  /** The vault's own id, which its key slots name too. */
  readonly id: string;
  /** The vault key, 32 bytes. Not kept and not wiped. */
  readonly key: Buffer;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly randomBytes?: (size: number) => Buffer;
}

/**
 * Opens the vault in `file`, or makes an empty one.
 * @throws SecretsError newer_vault (the file is left as it is), bad_permissions, integrity (another key, or no vault), disk_full
 */
// eslint-disable-next-line @typescript-eslint/require-await -- a store over a network would wait here
export async function openVault({
  file,
  id,
  key,
  now = Date.now,
  randomBytes = pooledRandomBytes(),
}: OpenVaultOptions): Promise<Vault> {
  const keys = deriveVaultKeys(key, id);
  const store = openSqliteStore(file);
  try {
    if (store.fact('id') === null) found(store, keys, id, randomBytes);
    const trail = trailOf(store, keys, id, randomBytes);
    const envelope = new Envelope(keys, { vaultId: id, account: ACCOUNT }, randomBytes);
    const notes = new SealedNotes(store, keys, id, randomBytes);
    return new StoredVault({ id, account: ACCOUNT, store, envelope, trail, notes, now, randomBytes });
  } catch (error) {
    store.close();
    throw error instanceof SecretsError ? error : store.failure(error);
  }
}

/** Writes what makes a file this vault. */
function found(store: Store, keys: VaultKeys, id: string, randomBytes: (size: number) => Buffer): void {
  const auditKey = randomBytes(KEY_BYTES);
  store.begin();
  try {
    store.setFact('id', Buffer.from(id));
    store.setFact('check', keys.check);
    store.setFact('audit key', sealAuditKey(keys.audit, id, auditKey, randomBytes));
    store.commit();
  } catch (error) {
    store.rollback();
    throw error;
  } finally {
    auditKey.fill(0);
  }
}

/** Tells first whether the key fits, so that a wrong one is one sentence and not a vault full of damage. */
function trailOf(store: Store, keys: VaultKeys, id: string, randomBytes: (size: number) => Buffer): AuditTrail {
  const check = store.fact('check');
  const sealed = store.fact('audit key');
  const fits = store.fact('id')?.toString() === id && check?.length === KEY_BYTES && timingSafeEqual(check, keys.check);
  if (!fits || sealed === null)
    throw new SecretsError(
      'integrity',
      'The key does not belong to this vault. vault.json and vault.db must come from one vault.',
    );
  try {
    const key = openAuditKey(keys.audit, id, sealed);
    const trail = new AuditTrail(key, id, randomBytes);
    key.fill(0);
    return trail;
  } catch (error) {
    throw new SecretsError(
      'integrity',
      'The vault was changed outside of this program: its audit key does not open.',
      {},
      { cause: error },
    );
  }
}
