import { SecretsError } from '@datalayer-secrets/shared';
import { exclusiveOr, type AuditTrail } from './audit-trail.ts';
import { digestOf, EPOCH, valueMark, type Envelope } from './envelope.ts';
import type { Entry, Shelf } from './shelf.ts';
import type { Store } from './store.ts';
import type { SecretRecord } from './types.ts';

/** Moves secrets between their sealed rows and the shelf. What writes belongs into a job of the group commit. */
export class Rows {
  readonly #store: Store;
  readonly #envelope: Envelope;
  readonly #trail: AuditTrail;
  readonly #shelf: Shelf;
  readonly #account: string;

  constructor(parts: { store: Store; envelope: Envelope; trail: AuditTrail; account: string }, shelf: Shelf) {
    this.#store = parts.store;
    this.#envelope = parts.envelope;
    this.#trail = parts.trail;
    this.#account = parts.account;
    this.#shelf = shelf;
  }

  /** @throws SecretsError not_found, integrity */
  find(uid: string): Entry {
    if (this.#shelf.damage(uid) !== undefined) throw integrity(uid);
    const entry = this.#shelf.entry(uid);
    if (entry === undefined) throw new SecretsError('not_found', 'There is no such secret.');
    return entry;
  }

  /** @throws SecretsError conflict */
  checkFree(name: string): void {
    const uid = this.#shelf.uidOf(name);
    if (uid !== undefined) throw new SecretsError('conflict', 'A secret of this name exists already.', { uid });
  }

  /** Returns the digest that the audit trail holds from now on. */
  insert(secret: SecretRecord, value: Buffer): Buffer {
    const sealed = this.#envelope.sealValue(secret.uid, value);
    const mark = valueMark(sealed);
    const meta = this.#envelope.sealMeta(secret, mark);
    const nameTag = this.#envelope.nameTag(secret.name);
    const row = { id: 0, uid: secret.uid, account: this.#account, epoch: EPOCH, nameTag, meta };
    const id = this.#store.insert(row, sealed);
    const digest = digestOf(meta);
    this.#count(secret.uid, digest);
    this.#shelf.put(secret.uid, { id, record: secret, digest, valueMark: mark });
    return digest;
  }

  /** Seals changed metadata anew; the value's bytes on disk stay as they are. */
  rewrite({ id, digest: before, valueMark: mark }: Entry, secret: SecretRecord): Buffer {
    const meta = this.#envelope.sealMeta(secret, mark);
    this.#store.updateMeta(id, this.#envelope.nameTag(secret.name), meta);
    const digest = digestOf(meta);
    this.#count(secret.uid, before);
    this.#count(secret.uid, digest);
    this.#shelf.put(secret.uid, { id, record: secret, digest, valueMark: mark });
    return digest;
  }

  /** Also one that is damaged: its row goes, or the trail stops missing it. @throws SecretsError not_found */
  remove(uid: string): void {
    const { id, digest } = this.#shelf.damage(uid) ?? this.find(uid);
    if (id !== null) this.#store.remove(id);
    if (digest !== null) this.#count(uid, digest);
    this.#shelf.remove(uid);
  }

  /** The value, if row and value on disk are still those that belong to the entry. @throws SecretsError integrity */
  open({ id, record: { uid }, digest, valueMark: mark }: Entry): Buffer {
    let row;
    try {
      row = this.#store.secret(id);
    } catch (error) {
      throw integrity(uid, error);
    }
    if (row === null || row.uid !== uid || !digestOf(row.meta).equals(digest) || !valueMark(row).equals(mark))
      throw integrity(uid);
    try {
      return this.#envelope.openValue(uid, row);
    } catch (error) {
      throw integrity(uid, error);
    }
  }

  /** Counts a secret in, or out again, in what the next audit event says of all secrets. */
  #count(uid: string, digest: Buffer): void {
    const { head } = this.#shelf;
    this.#shelf.head = { ...head, live: exclusiveOr(head.live, this.#trail.term(uid, digest)) };
  }
}

function integrity(uid: string, cause?: unknown): SecretsError {
  return new SecretsError(
    'integrity',
    `The secret ${uid} was changed outside of this program and is not served.`,
    { uid },
    cause === undefined ? {} : { cause },
  );
}
