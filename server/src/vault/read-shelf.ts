import { digestOf, EPOCH, type Envelope } from './envelope.ts';
import { exclusiveOr, type AuditTrail } from './audit-trail.ts';
import { Replay } from './replay.ts';
import { Shelf, type Entry } from './shelf.ts';
import type { SecretRow, Store } from './store.ts';

const PAGE = 1000;

export interface Sources {
  readonly store: Store;
  readonly trail: AuditTrail;
  readonly envelope: Envelope;
  readonly account: string;
}

/**
 * Opens the metadata of all secrets. When they are those that the last audit event speaks of, that is all; else the
 * whole trail is replayed to learn which of them were changed, taken away or brought back from outside. What is damaged
 * is condemned by name, and the rest is served. Where the trail itself was changed it is no witness: then every secret
 * that authenticates is served, and `verify` says which event is bad.
 */
export function readShelf(sources: Sources, changed: () => void): Shelf {
  const { store, trail } = sources;
  const entries: Entry[] = [];
  const unreadable: SecretRow[] = [];
  let live = trail.start.live;
  for (const row of store.secrets()) {
    const entry = openRow(sources, row);
    if (entry === null) unreadable.push(row);
    else {
      entries.push(entry);
      live = exclusiveOr(live, trail.term(row.uid, entry.digest));
    }
  }
  const [last, before] = store.eventsBefore(Number.MAX_SAFE_INTEGER, 2);
  const whole =
    last === undefined
      ? entries.length === 0 && unreadable.length === 0
      : unreadable.length === 0 && trail.follows(before?.mac ?? trail.start.mac, live, last);
  const replayed = whole ? null : replay(sources);
  const trusted = replayed !== null && replayed.bad === null;
  const head = last === undefined ? trail.start : { seq: last.seq, mac: last.mac, live };
  const shelf = new Shelf(trusted ? replayed.head : head, entries, changed);
  for (const { id, uid } of unreadable) shelf.condemn(uid, { id, digest: null });
  if (trusted) condemn(shelf, entries, unreadable, replayed);
  return shelf;
}

/** Null for a row that was changed: nothing in it can be believed, except that it is there. */
export function openRow({ envelope, account }: Omit<Sources, 'store'>, row: SecretRow): Entry | null {
  if (row.account !== account || row.epoch !== EPOCH) return null;
  try {
    const { record, valueMark } = envelope.openMeta(row.uid, row.meta);
    if (!envelope.nameTag(record.name).equals(row.nameTag)) return null;
    return { id: row.id, record, digest: digestOf(row.meta), valueMark };
  } catch {
    return null;
  }
}

function replay({ store, trail }: Sources): Replay {
  const result = new Replay(trail);
  for (;;) {
    const page = store.eventsAfter(result.head.seq, PAGE);
    for (const row of page) result.next(row);
    if (page.length < PAGE) return result;
  }
}

function condemn(
  shelf: Shelf,
  entries: readonly Entry[],
  unreadable: readonly SecretRow[],
  { expected }: Replay,
): void {
  const seen = new Set<string>();
  for (const { id, record, digest } of entries) {
    const known = expected.get(record.uid);
    seen.add(record.uid);
    if (known === undefined || !known.digest.equals(digest))
      shelf.condemn(record.uid, { id, digest: known?.digest ?? null });
  }
  for (const { id, uid } of unreadable) {
    seen.add(uid);
    shelf.condemn(uid, { id, digest: expected.get(uid)?.digest ?? null });
  }
  for (const [uid, { digest }] of expected) if (!seen.has(uid)) shelf.condemn(uid, { id: null, digest });
}
