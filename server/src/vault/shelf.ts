import type { ChainHead } from './audit-trail.ts';
import type { Follower } from './group-commit.ts';
import type { SecretRecord } from './types.ts';

/** A secret as it is kept in memory while the vault is open: everything but its value. */
export interface Entry {
  readonly id: number;
  readonly record: SecretRecord;
  /** SHA-256 of the sealed metadata on disk. */
  readonly digest: Buffer;
  readonly valueMark: Buffer;
}

/** A secret that is not served: its row, where there is one, and what the audit trail expects of it, if anything. */
export interface Damage {
  readonly id: number | null;
  readonly digest: Buffer | null;
}

/**
 * What is known of all secrets, and where the audit chain stands. It is changed together with the store, and each change
 * is remembered until it is on disk, so that a failed transaction leaves no trace here either.
 */
export class Shelf implements Follower {
  readonly #entries = new Map<string, Entry>();
  readonly #uids = new Map<string, string>(); // by name
  readonly #damaged = new Map<string, Damage>();
  #undo: (() => void)[] = [];
  #head: ChainHead;
  #revision: number;
  #settledRevision: number;
  #list: readonly SecretRecord[] | null = null;
  readonly #changed: () => void;

  /** @param changed called after a change is on disk */
  constructor(head: ChainHead, entries: Iterable<Entry>, changed: () => void) {
    for (const entry of entries) this.#replace(undefined, entry);
    this.#head = head;
    this.#revision = this.#settledRevision = head.seq; // at least as many events as changes: it grows over restarts too
    this.#changed = changed;
  }

  get head(): ChainHead {
    return this.#head;
  }

  set head(head: ChainHead) {
    const before = this.#head;
    this.#undo.push(() => (this.#head = before));
    this.#head = head;
  }

  /** Grows with each change that is on disk. */
  get revision(): number {
    return this.#settledRevision;
  }

  entry(uid: string): Entry | undefined {
    return this.#entries.get(uid);
  }

  uidOf(name: string): string | undefined {
    return this.#uids.get(name);
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** By age. */
  list(): readonly SecretRecord[] {
    return (this.#list ??= Array.from(this.#entries.values(), ({ record }) => record).sort((a, b) =>
      a.uid < b.uid ? -1 : 1,
    ));
  }

  damage(uid: string): Damage | undefined {
    return this.#damaged.get(uid);
  }

  damaged(): string[] {
    return [...this.#damaged.keys()];
  }

  put(uid: string, entry: Entry): void {
    const before = this.#entries.get(uid);
    this.#replace(before, entry);
    this.#remember(() => this.#replace(entry, before));
  }

  remove(uid: string): void {
    const entry = this.#entries.get(uid);
    const damage = this.#damaged.get(uid);
    this.#replace(entry, undefined);
    this.#damaged.delete(uid);
    this.#remember(() => {
      this.#replace(undefined, entry);
      if (damage !== undefined) this.#damaged.set(uid, damage);
    });
  }

  /** Takes a secret out of service. Only while opening: it is not undone. */
  condemn(uid: string, damage: Damage): void {
    this.#replace(this.#entries.get(uid), undefined);
    this.#damaged.set(uid, damage);
  }

  mark(): number {
    return this.#undo.length;
  }

  restore(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()?.();
  }

  settle(): void {
    this.#undo = [];
    if (this.#revision === this.#settledRevision) return;
    this.#settledRevision = this.#revision;
    this.#changed();
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
    this.#uids.clear();
    this.#damaged.clear();
    this.#list = null;
  }

  #remember(undo: () => void): void {
    const revision = this.#revision++;
    this.#undo.push(() => {
      undo();
      this.#revision = revision;
    });
  }

  #replace(before: Entry | undefined, after: Entry | undefined): void {
    if (before !== undefined) {
      this.#entries.delete(before.record.uid);
      this.#uids.delete(before.record.name);
    }
    if (after !== undefined) {
      this.#entries.set(after.record.uid, after);
      this.#uids.set(after.record.name, after.record.uid);
    }
    this.#list = null;
  }
}
