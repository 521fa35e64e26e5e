import { exclusiveOr, type AuditRow, type AuditTrail, type ChainHead } from './audit-trail.ts';

/** What the trail says of a secret that exists: the digest of its metadata, and the event that said so. */
export interface Expected {
  readonly digest: Buffer;
  readonly seq: number;
}

export interface BadEvent {
  readonly seq: number;
  readonly reason: string;
}

/** Walks the chain from its first event: is every event as it was written, and which secrets must exist after the last? */
export class Replay {
  readonly #trail: AuditTrail;
  readonly expected = new Map<string, Expected>();
  head: ChainHead;
  bad: BadEvent | null = null;

  constructor(trail: AuditTrail) {
    this.#trail = trail;
    this.head = trail.start;
  }

  next(row: AuditRow): void {
    if (row.seq !== this.head.seq + 1) this.#fail(this.head.seq + 1, 'the event is missing');
    const live = this.#apply(row);
    if (!this.#trail.follows(this.head.mac, live, row)) this.#fail(row.seq, 'the event does not follow the one before');
    this.head = { seq: row.seq, mac: row.mac, live };
  }

  #apply(row: AuditRow): Buffer {
    let opened;
    try {
      opened = this.#trail.open(row);
    } catch {
      this.#fail(row.seq, 'the event was changed');
      return this.head.live;
    }
    const { event, change } = opened;
    if (change === null || event.uid === null) return this.head.live;
    let live = this.#remove(event.uid, this.head.live);
    if (change.gone !== undefined) live = this.#remove(change.gone, live);
    if (change.digest === null) return live;
    this.expected.set(event.uid, { digest: change.digest, seq: row.seq });
    return exclusiveOr(live, this.#trail.term(event.uid, change.digest));
  }

  #remove(uid: string, live: Buffer): Buffer {
    const known = this.expected.get(uid);
    if (known === undefined) return live;
    this.expected.delete(uid);
    return exclusiveOr(live, this.#trail.term(uid, known.digest));
  }

  #fail(seq: number, reason: string): void {
    this.bad ??= { seq, reason };
  }
}
