import { timingSafeEqual } from 'node:crypto';
import { SecretsError, type SecretChanges } from '@datalayer-secrets/shared';
import type { AuditTrail, NewEvent } from './audit-trail.ts';
import type { Envelope } from './envelope.ts';
import { GroupCommit } from './group-commit.ts';
import { readShelf } from './read-shelf.ts';
import type { BadEvent } from './replay.ts';
import { Rows } from './rows.ts';
import { checkDescription, checkName, checkType, checkValue } from './rules.ts';
import type { SealedNotes } from './sealed-notes.ts';
import type { Shelf } from './shelf.ts';
import type { Store } from './store.ts';
import { Sweep } from './sweep.ts';
import type { AuditEvent, NewRecord, Principal, RevealedRecord, SecretRecord, Vault } from './types.ts';
import { UlidSource } from './ulid.ts';
import { verify } from './verify.ts';

const UID = /^[0-9A-Za-z_-]{1,64}$/;

export interface VaultParts {
  readonly id: string;
  readonly account: string;
  readonly store: Store;
  readonly envelope: Envelope;
  readonly trail: AuditTrail;
  readonly notes: SealedNotes;
  readonly now: () => number;
  readonly randomBytes: (size: number) => Buffer;
}

/** What is known of an event before the work is done. */
type Known = Pick<AuditEvent, 'action'> & { readonly [Key in 'uid' | 'name' | 'detail']?: string | undefined } & {
  readonly outcome?: AuditEvent['outcome'];
};
/** Appends an audit event, with what the work found out. */
type Audit = (facts: Partial<NewEvent>) => void;

/** A vault over a store. `Vault` says what each method promises. */
export class StoredVault implements Vault {
  readonly id: string;
  readonly #parts: VaultParts;
  readonly #shelf: Shelf;
  readonly #rows: Rows;
  readonly #commits: GroupCommit;
  readonly #ulids: UlidSource;
  readonly #sweep: Sweep;
  readonly #listeners = new Set<() => void>();
  #closing: Promise<void> | undefined;

  constructor(parts: VaultParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#shelf = readShelf(parts, () => [...this.#listeners].forEach((listener) => listener()));
    this.#rows = new Rows(parts, this.#shelf);
    this.#commits = new GroupCommit(parts.store, this.#shelf, () => this.#sweep.request());
    this.#ulids = new UlidSource(parts.randomBytes, this.#shelf.list().at(-1)?.uid);
    this.#sweep = new Sweep(() => parts.store.checkpoint());
  }

  get revision(): number {
    return this.#shelf.revision;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  list(by: Principal): Promise<SecretRecord[]> {
    return this.#run(by, { action: 'list' }, (audit) => {
      const secrets = this.#shelf.list().slice();
      audit({ detail: String(secrets.length) });
      return secrets;
    });
  }

  async create(by: Principal, { name, description, type, value }: NewRecord): Promise<SecretRecord> {
    const work = (audit: Audit, at: string) => {
      this.#rows.checkFree(name);
      const secret = { uid: this.#ulids.next(Date.parse(at)), name, description, type, createdAt: at, updatedAt: at };
      audit({ uid: secret.uid, change: { digest: this.#rows.insert(Object.freeze(secret), value) } });
      return secret;
    };
    try {
      checkName(name);
      checkDescription(description);
      checkType(type);
      checkValue(value);
      return await this.#run(by, { action: 'create', name }, work, value.length);
    } finally {
      value.fill(0);
    }
  }

  async update(by: Principal, uid: string, changes: SecretChanges): Promise<SecretRecord> {
    if (changes.name !== undefined) checkName(changes.name);
    if (changes.description !== undefined) checkDescription(changes.description);
    if (changes.type !== undefined) checkType(changes.type);
    const updated = await this.#run(by, { action: 'update', uid }, (audit, updatedAt) => {
      const entry = this.#rows.find(uid);
      const { name = entry.record.name, description = entry.record.description, type = entry.record.type } = changes;
      if (name !== entry.record.name) this.#rows.checkFree(name);
      const secret = Object.freeze({ ...entry.record, name, description, type, updatedAt });
      audit({ name, change: { digest: this.#rows.rewrite(entry, secret) } });
      return secret;
    });
    this.#sweep.request();
    return updated;
  }

  async replace(by: Principal, uid: string, value: Buffer): Promise<SecretRecord> {
    const work = (audit: Audit, at: string) => {
      const { record: old } = this.#rows.find(uid);
      this.#rows.remove(uid);
      const secret = { ...old, uid: this.#ulids.next(Date.parse(at)), createdAt: at, updatedAt: at };
      const digest = this.#rows.insert(Object.freeze(secret), value);
      audit({ uid: secret.uid, name: secret.name, change: { digest, gone: uid } });
      return secret;
    };
    try {
      checkValue(value);
      const secret = await this.#run(by, { action: 'replace', uid }, work, value.length);
      this.#sweep.request();
      return secret;
    } finally {
      value.fill(0);
    }
  }

  reveal(by: Principal, uid: string): Promise<RevealedRecord> {
    return this.#run(by, { action: 'reveal', uid }, (audit) => {
      const entry = this.#rows.find(uid);
      const value = this.#rows.open(entry);
      audit({ name: entry.record.name });
      return { record: entry.record, value };
    });
  }

  revealAll(by: Principal): Promise<RevealedRecord[]> {
    return this.#run(by, { action: 'reveal' }, (audit) => {
      const revealed: RevealedRecord[] = [];
      for (const secret of this.#shelf.list()) {
        const { uid, name } = secret;
        try {
          revealed.push({ record: secret, value: this.#rows.open(this.#rows.find(uid)) });
          audit({ uid, name });
        } catch (error) {
          if (!(error instanceof SecretsError)) throw error;
          audit({ uid, name, outcome: 'refused', detail: error.kind });
        }
      }
      return revealed;
    });
  }

  hasValue(uid: string, value: Buffer): Promise<boolean> {
    return this.#now(() => {
      const stored = this.#rows.open(this.#rows.find(uid));
      const same = stored.length === value.length && timingSafeEqual(stored, value);
      stored.fill(0);
      return same;
    });
  }

  async delete(by: Principal, uid: string): Promise<void> {
    await this.#run(by, { action: 'delete', uid }, (audit) => {
      const name = this.#shelf.entry(uid)?.record.name ?? null;
      this.#rows.remove(uid);
      audit({ name, change: { digest: null } });
    });
    this.#sweep.request();
  }

  record(by: Principal, event: Parameters<Vault['record']>[1]): Promise<void> {
    const { action, uid, name } = event;
    const known = action === 'reveal' && uid !== undefined && name === undefined ? uid : null;
    return this.#run(by, event, (audit) =>
      audit(known === null ? {} : { name: this.#shelf.entry(known)?.record.name ?? null }),
    );
  }

  audit({ limit, before }: { limit: number; before?: number }): Promise<AuditEvent[]> {
    return this.#now(() =>
      this.#parts.store.eventsBefore(before ?? Number.MAX_SAFE_INTEGER, limit).flatMap((row) => {
        try {
          return [this.#parts.trail.open(row).event];
        } catch {
          return [];
        }
      }),
    );
  }

  async verify(): Promise<BadEvent | null> {
    this.#checkOpen();
    return verify(this.#parts, () => this.#checkOpen());
  }

  damaged(): readonly string[] {
    return this.#shelf.damaged();
  }

  sealed(name: string): Promise<Buffer | null> {
    return this.#now(() => this.#parts.notes.read(name));
  }

  async seal(name: string, content: Buffer | null): Promise<void> {
    this.#checkOpen();
    await this.#commits.run({ bytes: content?.length ?? 0, work: () => this.#parts.notes.write(name, content) });
    this.#sweep.request();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#commits.idle();
    this.#sweep.stop();
    this.#parts.store.checkpoint();
    this.#parts.store.close();
    this.#shelf.clear();
  }

  /**
   * One job of the group commit. `work` calls `audit` once for each event; a refusal gets an event in its place, with
   * what was known before.
   */
  #run<T>(by: Principal, known: Known, work: (audit: Audit, at: string) => T, bytes = 0): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(locked());
    const { action, uid = null, name = null, outcome = 'ok', detail = null } = known;
    const append = (at: string, facts: Partial<NewEvent>) => {
      const event = { at, label: by.label, scope: by.scope, action, uid, name, outcome, detail, ...facts };
      const { row, head } = this.#parts.trail.seal(this.#shelf.head, event);
      this.#parts.store.append(row);
      this.#shelf.head = head;
    };
    return this.#commits.run({
      bytes,
      work: () => {
        const at = this.#instant();
        return work((facts) => append(at, facts), at);
      },
      refused: ({ kind }) => {
        const asked = uid !== null && UID.test(uid) ? uid : null;
        const nameNow = name ?? (asked === null ? null : (this.#shelf.entry(asked)?.record.name ?? null));
        append(this.#instant(), { uid: asked, name: nameNow, outcome: 'refused', detail: kind });
      },
    });
  }

  /** Reads that are not audited. */
  // eslint-disable-next-line @typescript-eslint/require-await -- so that what `read` throws becomes a rejection
  async #now<T>(read: () => T): Promise<T> {
    this.#checkOpen();
    try {
      return read();
    } catch (error) {
      throw error instanceof SecretsError ? error : this.#parts.store.failure(error);
    }
  }

  #instant(): string {
    return new Date(this.#parts.now()).toISOString();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw locked();
  }
}

function locked(): SecretsError {
  return new SecretsError('locked', 'The vault is locked.');
}
