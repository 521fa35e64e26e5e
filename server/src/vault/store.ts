import type { AuditRow } from './audit-trail.ts';

/** A secret's row without its value. */
export interface SecretRow {
  /** Position in the store; 0 for a row not yet inserted. */
  readonly id: number;
  readonly uid: string;
  readonly account: string;
  readonly epoch: number;
  readonly nameTag: Buffer;
  readonly meta: Buffer;
}

export interface ValueRow {
  readonly dek: Buffer;
  readonly value: Buffer;
}

/**
 * Where rows lie. It knows nothing of their content. All calls are synchronous, and those that write belong between
 * `begin` and `commit`. What throws is of the store's own kind; `failure` turns it into what can be shown.
 */
export interface Store {
  begin(): void;
  /** Returns once the rows are on disk. */
  commit(): void;
  /** Does nothing where the failure has already rolled back. */
  rollback(): void;
  savepoint(): void;
  release(): void;
  undo(): void;

  /** Returns the new row's id. @throws SecretsError conflict: the name's tag is taken */
  insert(row: SecretRow, value: ValueRow): number;
  updateMeta(id: number, nameTag: Buffer, meta: Buffer): void;
  remove(id: number): void;
  /** In the order in which they were made. */
  secrets(): Iterable<SecretRow>;
  /** A secret's row and value as they are now on disk. */
  secret(id: number): (SecretRow & ValueRow) | null;

  append(row: AuditRow): void;
  /** Oldest first, from the one after `after`. */
  eventsAfter(after: number, limit: number): AuditRow[];
  /** Newest first, from the one before `before`. */
  eventsBefore(before: number, limit: number): AuditRow[];

  /** Facts of the vault itself: its id, its key check, the sealed key of the audit trail. */
  fact(name: string): Buffer | null;
  setFact(name: string, content: Buffer): void;
  sealed(tag: Buffer): Buffer | null;
  setSealed(tag: Buffer, content: Buffer | null): void;

  /** Moves what was written into the main file and cuts the log, so that deleted bytes are on disk no more. False: not now. */
  checkpoint(): boolean;
  close(): void;
  failure(error: unknown): Error;
}
