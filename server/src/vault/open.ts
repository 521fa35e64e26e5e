import { timingSafeEqual } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { SecretsError } from '@datalayer-secrets/shared';
import { syncFolder } from '../store/private-files.ts';
import { createSqliteStore, openSqliteStore } from '../store/sqlite-store.ts';
import { AuditTrail, openAuditKey, sealAuditKey } from './audit-trail.ts';
import { Envelope } from './envelope.ts';
import { pooledRandomBytes } from './random.ts';
import { KEY_BYTES } from './seal.ts';
import { SealedNotes } from './sealed-notes.ts';
import type { Store } from './store.ts';
import { StoredVault } from './stored-vault.ts';
import type { Vault } from './types.ts';
import { checkPresent, stagedFile } from './vault-file.ts';
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
 * Makes an empty vault beside `file`, whole on disk when this returns. The first `openVault` puts it in its place, so a
 * set-up that ends anywhere leaves nothing, something to be made again, or a vault that opens. One that an earlier
 * set-up left is replaced: no key was ever kept for it.
 * @throws SecretsError already_set_up (there is a vault), bad_permissions, disk_full
 */
// eslint-disable-next-line @typescript-eslint/require-await -- a store over a network would wait here
export async function stageVault({
  file,
  id,
  key,
  randomBytes = pooledRandomBytes(),
}: Omit<OpenVaultOptions, 'now'>): Promise<void> {
  if (existsSync(file)) throw new SecretsError('already_set_up', 'There is a vault already.');
  const staged = stagedFile(file);
  for (const left of [staged, `${staged}-wal`, `${staged}-shm`]) rmSync(left, { force: true });
  const store = createSqliteStore(staged);
  try {
    found(store, deriveVaultKeys(key, id), id, randomBytes);
  } catch (error) {
    throw error instanceof SecretsError ? error : store.failure(error);
  } finally {
    store.close();
  }
  syncFolder(path.dirname(file));
}

/**
 * Opens the vault in `file`, or the one that set-up has made beside it. It never makes one: in the place of a lost file,
 * an empty list would look as if all was well.
 * @throws SecretsError vault_incomplete (there is no such file), newer_vault (the file is left as it is), bad_permissions,
 *   integrity (another key, or no vault), disk_full
 */
// eslint-disable-next-line @typescript-eslint/require-await -- the same
export async function openVault({
  file,
  id,
  key,
  now = Date.now,
  randomBytes = pooledRandomBytes(),
}: OpenVaultOptions): Promise<Vault> {
  checkPresent(file);
  if (!existsSync(file)) {
    renameSync(stagedFile(file), file);
    syncFolder(path.dirname(file));
  }
  const keys = deriveVaultKeys(key, id);
  const store = openSqliteStore(file);
  try {
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
      { reason: 'other-vault' },
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
      { reason: 'vault-file', name: 'vault.db' },
      { cause: error },
    );
  }
}
