import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { constants, DatabaseSync, type StatementSync } from 'node:sqlite';
import path from 'node:path';
import { SecretsError } from '@datalayer-secrets/shared';
import type { AuditRow } from '../vault/audit-trail.ts';
import type { SecretRow, Store, ValueRow } from '../vault/store.ts';
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import { createPrivateFile, privateFile, privateFolder } from './private-files.ts';

/** How long a commit waits, with everything else, for a foreign program that holds the file. */
const BUSY_MS = 1000;
/** Pages in the log before SQLite moves them: a large log makes slow commits rare (about 40 MB). */
const AUTOCHECKPOINT = 10_000;
/** Places in SQLite's file header (https://www.sqlite.org/fileformat.html#the_database_header). */
const MAGIC = 'SQLite format 3\0';
const HEADER = { bytes: 100, userVersion: 60, applicationId: 68 };
/** Result codes (https://www.sqlite.org/rescode.html). */
const NO_TRANSACTION = 1;
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const FULL = 13;
const CONSTRAINT = 19;
const NOTADB = 26;

/**
 * Opens a file that exists. One of a newer release is left as it is, byte for byte.
 * @throws SecretsError newer_vault, bad_permissions, integrity, disk_full
 */
export function openSqliteStore(file: string): Store {
  privateFolder(path.dirname(file));
  if ([file, `${file}-wal`, `${file}-shm`].map(privateFile)[0] !== true) throw foreign();
  refuseForeign(file);
  return storeIn(file);
}

/** Makes a file that must not exist yet. @throws SecretsError bad_permissions, already_set_up, disk_full */
export function createSqliteStore(file: string): Store {
  privateFolder(path.dirname(file));
  if (!createPrivateFile(file)) throw new SecretsError('already_set_up', 'There is a vault already.');
  return storeIn(file);
}

function storeIn(file: string): Store {
  try {
    return new SqliteStore(file);
  } catch (error) {
    throw error instanceof SecretsError ? error : failureOf(error);
  }
}

/** The pragmas of every connection. Exported for the bench, which compares with a plain commit under the same ones. */
export const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA checkpoint_fullfsync = ON;
  PRAGMA wal_autocheckpoint = ${AUTOCHECKPOINT};
  PRAGMA secure_delete = ON;
  PRAGMA foreign_keys = ON;
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
  PRAGMA temp_store = MEMORY;`;

class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
    try {
      this.#db.exec(PRAGMAS);
      this.#migrate();
      harden(this.#db);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  begin(): void {
    this.#do('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.#do('COMMIT');
  }

  rollback(): void {
    try {
      this.#do('ROLLBACK');
    } catch (error) {
      if (codeOf(error) !== NO_TRANSACTION) throw error; // a full disk, for one, has rolled back already
    }
  }

  savepoint(): void {
    this.#do('SAVEPOINT job');
  }

  release(): void {
    this.#do('RELEASE job');
  }

  undo(): void {
    this.#do('ROLLBACK TO job');
    this.#do('RELEASE job');
  }

  insert({ uid, account, epoch, nameTag, meta }: SecretRow, { dek, value }: ValueRow): number {
    let id: number | bigint;
    try {
      id = this.#prepared('INSERT INTO secrets (uid, account, epoch, name_tag, meta) VALUES (?, ?, ?, ?, ?)').run(
        uid,
        account,
        epoch,
        nameTag,
        meta, // prettier-ignore
      ).lastInsertRowid;
    } catch (error) {
      if (codeOf(error) === CONSTRAINT) throw new SecretsError('conflict', 'The name is taken.', {}, { cause: error });
      throw error;
    }
    this.#prepared('INSERT INTO secret_values (id, dek, value) VALUES (?, ?, ?)').run(id, dek, value);
    return Number(id);
  }

  updateMeta(id: number, nameTag: Buffer, meta: Buffer): void {
    this.#prepared('UPDATE secrets SET name_tag = ?, meta = ? WHERE id = ?').run(nameTag, meta, id);
  }

  remove(id: number): void {
    this.#prepared('DELETE FROM secrets WHERE id = ?').run(id);
  }

  *secrets(): Iterable<SecretRow> {
    const rows = this.#prepared('SELECT id, uid, account, epoch, name_tag, meta FROM secrets ORDER BY id').iterate();
    for (const row of rows) yield secretOf(row as unknown as StoredSecret);
  }

  secret(id: number): (SecretRow & ValueRow) | null {
    const row = this.#prepared(
      `SELECT s.id, uid, account, epoch, name_tag, meta, dek, value
       FROM secrets AS s JOIN secret_values AS v ON v.id = s.id WHERE s.id = ?`,
    ).get(id) as unknown as (StoredSecret & Stored<ValueRow>) | undefined;
    return row === undefined ? null : { ...secretOf(row), dek: bufferOf(row.dek), value: bufferOf(row.value) };
  }

  append({ seq, event, mac }: AuditRow): void {
    this.#prepared('INSERT INTO audit (seq, event, mac) VALUES (?, ?, ?)').run(seq, event, mac);
  }

  eventsAfter(after: number, limit: number): AuditRow[] {
    return this.#events('SELECT seq, event, mac FROM audit WHERE seq > ? ORDER BY seq LIMIT ?', after, limit);
  }

  eventsBefore(before: number, limit: number): AuditRow[] {
    return this.#events('SELECT seq, event, mac FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?', before, limit);
  }

  fact(name: string): Buffer | null {
    return this.#content('SELECT content FROM facts WHERE name = ?', name);
  }

  setFact(name: string, content: Buffer): void {
    this.#prepared('INSERT INTO facts (name, content) VALUES (?, ?)').run(name, content);
  }

  sealed(tag: Buffer): Buffer | null {
    return this.#content('SELECT content FROM sealed WHERE tag = ?', tag);
  }

  setSealed(tag: Buffer, content: Buffer | null): void {
    if (content === null) this.#prepared('DELETE FROM sealed WHERE tag = ?').run(tag);
    else this.#prepared('INSERT OR REPLACE INTO sealed (tag, content) VALUES (?, ?)').run(tag, content);
  }

  checkpoint(): boolean {
    try {
      return (this.#prepared('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number } | undefined)?.busy === 0;
    } catch {
      return false; // a full disk, say: the log keeps what it has, and nothing is lost
    }
  }

  close(): void {
    this.#db.close();
  }

  failure(error: unknown): Error {
    return failureOf(error);
  }

  #migrate(): void {
    const version = versionOf(this.#db);
    if (version > SCHEMA_VERSION) throw newer(version);
    for (const [from, migration] of MIGRATIONS.entries()) {
      if (from < version) continue;
      this.#db.exec(
        `BEGIN IMMEDIATE; ${migration}
         PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${from + 1}; COMMIT`,
      );
    }
  }

  #events(sql: string, from: number, limit: number): AuditRow[] {
    const rows = this.#prepared(sql).all(from, limit) as unknown as Stored<AuditRow>[];
    return rows.map(({ seq, event, mac }) => ({ seq, event: bufferOf(event), mac: bufferOf(mac) }));
  }

  #content(sql: string, key: string | Buffer): Buffer | null {
    const row = this.#prepared(sql).get(key) as unknown as { content: Uint8Array } | undefined;
    return row === undefined ? null : bufferOf(row.content);
  }

  #do(sql: string): void {
    this.#prepared(sql).run();
  }

  /** Every statement is compiled once. */
  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}

type Stored<T> = { [Key in keyof T]: T[Key] extends Buffer ? Uint8Array : T[Key] };
type StoredSecret = Stored<Omit<SecretRow, 'nameTag'>> & { name_tag: Uint8Array };

function secretOf({ id, uid, account, epoch, name_tag, meta }: StoredSecret): SecretRow {
  return { id, uid, account, epoch, nameTag: bufferOf(name_tag), meta: bufferOf(meta) };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What this Node's SQLite offers against SQL that reaches beyond the file; older ones lack it. */
function harden(db: DatabaseSync): void {
  const offered = db as { enableDefensive?(on: boolean): void; setAuthorizer?: DatabaseSync['setAuthorizer'] };
  offered.enableDefensive?.(true);
  const { SQLITE_ATTACH, SQLITE_DETACH, SQLITE_PRAGMA, SQLITE_DENY, SQLITE_OK } = constants as Partial<
    typeof constants
  >;
  if (offered.setAuthorizer === undefined || SQLITE_DENY === undefined || SQLITE_OK === undefined) return;
  offered.setAuthorizer((action, name) => {
    if (action === SQLITE_ATTACH || action === SQLITE_DETACH) return SQLITE_DENY;
    return action === SQLITE_PRAGMA && name === 'writable_schema' ? SQLITE_DENY : SQLITE_OK;
  });
}

/**
 * Refuses a file of a newer release before anything could write to it. The header says the version, unless a program
 * was killed before it moved its log into the file: then a read-only connection, which cannot move it either, is asked.
 */
function refuseForeign(file: string): void {
  const header = headerOf(file);
  if (header === null) throw foreign();
  const [version, application] = [HEADER.userVersion, HEADER.applicationId].map((at) => header.readUInt32BE(at));
  if (application !== APPLICATION_ID || header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw foreign();
  if (version !== undefined && version > SCHEMA_VERSION) throw newer(version);
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  try {
    if (versionOf(db) > SCHEMA_VERSION) throw newer(versionOf(db));
  } catch (error) {
    throw error instanceof SecretsError ? error : failureOf(error);
  } finally {
    db.close();
  }
}

/** Null for a file that is too short to have one. */
function headerOf(file: string): Buffer | null {
  const header = Buffer.alloc(HEADER.bytes);
  const handle = openSync(file, 'r');
  try {
    return readSync(handle, header, 0, header.length, 0) === header.length ? header : null;
  } finally {
    closeSync(handle);
  }
}

function versionOf(db: DatabaseSync): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

function newer(version: number): SecretsError {
  return new SecretsError(
    'newer_vault',
    `This vault was made by a newer release (format ${version}; this one knows ${SCHEMA_VERSION}). Update to open it; nothing was changed.`,
    { format: version, known: SCHEMA_VERSION },
  );
}

function foreign(): SecretsError {
  const details = { reason: 'vault-file', name: 'vault.db' };
  return new SecretsError('integrity', 'vault.db is no vault of this program, or it is damaged.', details);
}

function codeOf(error: unknown): number {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : 0;
}

/** What SQLite could not do, as it can be shown; its own text may quote content and is kept out. */
function failureOf(error: unknown): Error {
  switch (codeOf(error)) {
    case FULL:
      return new SecretsError('disk_full', 'The disk is full. Nothing was done.');
    case BUSY:
    case LOCKED:
      return new SecretsError('busy', 'Another program is writing to the vault.');
    case CORRUPT:
    case NOTADB:
      return foreign();
    case 0:
      return error instanceof Error ? error : new Error('the store failed', { cause: error });
    default:
      return new SecretsError('audit_unavailable', 'The vault cannot be written, so nothing was done.', {
        code: codeOf(error),
      });
  }
}
