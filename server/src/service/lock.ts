import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import type { Places } from './places.ts';
import { readPrivateJson, writePrivate } from './private-file.ts';

const SQLITE_BUSY = 5;
/** Outlasts those who only look whether the lock is held. */
const LOOKERS_MS = 250;

export interface LockOwner {
  readonly host: string;
  readonly pid: number;
}

/**
 * The one service of this folder: an exclusive SQLite transaction for life. The system releases it however the process
 * ends, and it works on shared homes where SQLite's own locks do.
 */
export class ServiceLock {
  readonly #db: DatabaseSync;

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Null when another service holds it. */
  static take(places: Places): ServiceLock | null {
    const db = new DatabaseSync(places.lockDb);
    if (!begin(db, LOOKERS_MS)) return null;
    writePrivate(places.lockOwner, JSON.stringify({ host: hostname(), pid: process.pid }));
    return new ServiceLock(db);
  }

  release(): void {
    this.#db.close();
  }
}

export function lockIsHeld(places: Places): boolean {
  if (!existsSync(places.lockDb)) return false;
  const db = new DatabaseSync(places.lockDb);
  const free = begin(db, 0);
  if (free) db.close();
  return !free;
}

/** Who took the lock last. Only true while the lock is held. */
export function lockOwner(places: Places): LockOwner | null {
  const owner = readPrivateJson(places.lockOwner) as Partial<LockOwner> | null;
  return typeof owner?.host === 'string' && typeof owner.pid === 'number' ? { host: owner.host, pid: owner.pid } : null;
}

function begin(db: DatabaseSync, waitMs: number): boolean {
  try {
    // Nothing is ever written here, so there is nothing a journal could bring back.
    db.exec(`PRAGMA busy_timeout = ${waitMs}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE`);
    return true;
  } catch (error) {
    db.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY) return false;
    throw error;
  }
}
