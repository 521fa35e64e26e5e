import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { KEY_BYTES } from './seal.ts';

/** The keys that one vault key stands for. Each has one purpose, so no two uses of a key can be played against each other. */
export interface VaultKeys {
  /** Seals the key of each value. */
  readonly wrap: KeyObject;
  /** Seals names, descriptions, types and times. */
  readonly meta: KeyObject;
  /** Makes the tags by which unique names are recognised without being readable. */
  readonly names: KeyObject;
  /** Seals the audit trail's own key. */
  readonly audit: KeyObject;
  /** Seals small secrets of the service itself. */
  readonly sealed: KeyObject;
  /** Tells whether this is the key of a given vault. */
  readonly check: Buffer;
}

/** @param key 32 bytes; not kept and not wiped. */
export function deriveVaultKeys(key: Buffer, vaultId: string): VaultKeys {
  if (key.length !== KEY_BYTES) throw new RangeError('a vault key has 32 bytes');
  const purpose = (name: string) => deriveKey(key, vaultId, `vault ${name}`);
  return {
    wrap: purpose('wrap'),
    meta: purpose('meta'),
    names: purpose('names'),
    audit: purpose('audit'),
    sealed: purpose('sealed'),
    check: deriveBytes(key, vaultId, 'vault check'),
  };
}

/** HKDF-SHA-256 with the vault's id as salt. */
export function deriveKey(key: Buffer, vaultId: string, purpose: string): KeyObject {
  const bytes = deriveBytes(key, vaultId, purpose);
  const derived = createSecretKey(bytes);
  bytes.fill(0);
  return derived;
}

function deriveBytes(key: Buffer, vaultId: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, vaultId, `datalayer-secrets/1 ${purpose}`, KEY_BYTES));
}
