import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS } from '../../server/src/store/migrations.ts';
import { PRAGMAS } from '../../server/src/store/sqlite-store.ts';

/** Bytes that sealing adds, and what a row of metadata, a wrapped key and an event take. */
const ROW = { sealed: 29, meta: 200, dek: 61, event: 170 };

/** What the vault is measured against: the same rows under the same pragmas, made of random bytes, one commit each. */
export class PlainStore {
  readonly #db: DatabaseSync;
  readonly #ids: number[] = [];
  #seq = 0;
  readonly #size: number;

  constructor(file: string, size: number) {
    this.#size = size;
    this.#db = new DatabaseSync(file);
    this.#db.exec(PRAGMAS);
    for (const migration of MIGRATIONS) this.#db.exec(migration);
    const insert = this.#db.prepare('INSERT INTO secrets (uid, account, epoch, name_tag, meta) VALUES (?, ?, ?, ?, ?)');
    const value = this.#db.prepare('INSERT INTO secret_values (id, dek, value) VALUES (?, ?, ?)');
    const audit = this.#db.prepare('INSERT INTO audit (seq, event, mac) VALUES (?, ?, ?)');
    const read = this.#db.prepare(
      'SELECT meta, dek, value FROM secrets AS s JOIN secret_values AS v ON v.id = s.id WHERE s.id = ?',
    );
    const [begin, commit] = ['BEGIN IMMEDIATE', 'COMMIT'].map((sql) => this.#db.prepare(sql));
    const content = randomBytes(this.#size + ROW.sealed);
    const [meta, dek, event, mac] = [ROW.meta, ROW.dek, ROW.event, 32].map((bytes) => randomBytes(bytes));
    this.create = () => {
      const uid = String(++this.#seq).padStart(26, '0');
      begin?.run();
      const { lastInsertRowid: id } = insert.run(uid, 'local', 1, randomBytes(32), meta ?? null);
      value.run(id, dek ?? null, content);
      audit.run(this.#seq, event ?? null, mac ?? null);
      commit?.run();
      this.#ids.push(Number(id));
    };
    this.reveal = () => {
      const id = this.#ids[++this.#seq % this.#ids.length] ?? 0;
      begin?.run();
      read.get(id);
      audit.run(this.#seq, event ?? null, mac ?? null);
      commit?.run();
    };
  }

  readonly create: () => void;
  readonly reveal: () => void;

  close(): void {
    this.#db.close();
  }
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
