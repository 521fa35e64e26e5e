import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { decodeFields, encodeFields, numberOf, textOf } from './fields.ts';
import { FORMAT, KEY_BYTES, NONCE_BYTES, seal, tagOf, Unauthentic, unseal } from './seal.ts';
import type { SecretRecord } from './types.ts';
import { ULID_LENGTH } from './ulid.ts';
import type { VaultKeys } from './vault-keys.ts';

/** Generation of the vault key. Rotation would raise it. */
export const EPOCH = 1;
const UID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** What makes a sealed thing belong to one place: the vault and the account in it. */
export interface Surroundings {
  readonly vaultId: string;
  readonly account: string;
}

/** A value, sealed under a key of its own, and that key, sealed under the vault's. */
export interface SealedValue {
  readonly dek: Buffer;
  readonly value: Buffer;
}

/** Metadata as it is opened: the record, and the mark of the value that belongs to it. */
export interface OpenedMeta {
  readonly record: SecretRecord;
  readonly valueMark: Buffer;
}

/**
 * Seals and opens what is known of secrets. Everything is bound to purpose, vault, account, uid and epoch, so bytes
 * that were moved to another row, column, account or vault do not open.
 */
export class Envelope {
  readonly #keys: VaultKeys;
  readonly #account: string;
  readonly #random: (size: number) => Buffer;
  readonly #valueAad: (uid: string) => Buffer;
  readonly #dekAad: (uid: string) => Buffer;
  readonly #metaAad: (uid: string) => Buffer;

  constructor(keys: VaultKeys, { vaultId, account }: Surroundings, random: (size: number) => Buffer) {
    this.#keys = keys;
    this.#account = account;
    this.#random = random;
    // The value is not bound to an epoch: rotation seals its key anew and leaves it as it is.
    this.#valueAad = surroundings('value', vaultId, account);
    this.#dekAad = surroundings('dek', vaultId, account, EPOCH);
    this.#metaAad = surroundings('meta', vaultId, account, EPOCH);
  }

  /** A fresh key for this one encryption. Does not wipe `value`. */
  sealValue(uid: string, value: Buffer): SealedValue {
    const random = this.#random(KEY_BYTES + 2 * NONCE_BYTES);
    const key = random.subarray(0, KEY_BYTES);
    const sealed = seal(
      createSecretKey(key),
      random.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES),
      this.#valueAad(uid),
      value,
    );
    const dek = seal(this.#keys.wrap, random.subarray(KEY_BYTES + NONCE_BYTES), this.#dekAad(uid), key);
    key.fill(0);
    return { dek, value: sealed };
  }

  /** @throws Unauthentic */
  openValue(uid: string, { dek, value }: SealedValue): Buffer {
    const key = unseal(this.#keys.wrap, this.#dekAad(uid), dek);
    try {
      return unseal(createSecretKey(key), this.#valueAad(uid), value);
    } finally {
      key.fill(0);
    }
  }

  sealMeta(record: SecretRecord, valueMark: Buffer): Buffer {
    const plain = encodeFields([
      [1, record.name],
      [2, record.description],
      [3, record.type],
      [4, Date.parse(record.createdAt)],
      [5, Date.parse(record.updatedAt)],
      [6, valueMark],
    ]);
    return seal(this.#keys.meta, this.#random(NONCE_BYTES), this.#metaAad(record.uid), plain);
  }

  /** @throws Unauthentic */
  openMeta(uid: string, meta: Buffer): OpenedMeta {
    const fields = decodeFields(unseal(this.#keys.meta, this.#metaAad(uid), meta));
    const record = {
      uid,
      name: textOf(fields.get(1)),
      description: textOf(fields.get(2)),
      type: textOf(fields.get(3)),
      createdAt: new Date(numberOf(fields.get(4))).toISOString(),
      updatedAt: new Date(numberOf(fields.get(5))).toISOString(),
    };
    return { record: Object.freeze(record), valueMark: Buffer.from(fields.get(6) ?? []) };
  }

  /** Equal names have equal tags, and a tag does not tell the name. */
  nameTag(name: string): Buffer {
    return hmac(this.#keys.names, encodeFields([[1, this.#account], [2, name]])); // prettier-ignore
  }
}

/**
 * The mark by which metadata names its value: the tags of the value and of its key. Both were made under keys that only
 * the vault has, so they fix the bytes as a digest would, without reading 64 KB again.
 */
export function valueMark({ dek, value }: SealedValue): Buffer {
  return Buffer.concat([tagOf(dek), tagOf(value)]);
}

/** SHA-256. */
export function digestOf(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer');
}

export function hmac(key: KeyObject, bytes: Buffer): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}

/**
 * Makes the additional data for a uid. All uids have one length, so the bytes are laid out once and each call writes the
 * uid into the same buffer: use it at once.
 */
function surroundings(purpose: string, vaultId: string, account: string, epoch?: number): (uid: string) => Buffer {
  const blank = '0'.repeat(ULID_LENGTH);
  const before = encodeFields([[1, FORMAT], [2, purpose], [3, vaultId], [4, account]]); // prettier-ignore
  const bytes = Buffer.concat([before, encodeFields(epoch === undefined ? [[5, blank]] : [[5, blank], [6, epoch]])]); // prettier-ignore
  const at = before.length + (encodeFields([[5, blank]]).length - ULID_LENGTH);
  return (uid) => {
    if (!UID.test(uid)) throw new Unauthentic();
    bytes.write(uid, at, 'latin1');
    return bytes;
  };
}
