import { setImmediate } from 'node:timers/promises';
import { valueMark } from './envelope.ts';
import { openRow, type Sources } from './read-shelf.ts';
import { Replay, type BadEvent } from './replay.ts';

/** So many at a time, then others have their turn. */
const PAGE = 500;

/**
 * Replays the trail and compares what must be there with what is: every event, every row, every value. Others go on
 * reading and writing meanwhile. Null when all is well, else the first event that is not, or whose secret is not.
 * @param goOn throws when the vault was closed meanwhile
 */
export async function verify(sources: Sources, goOn: () => void): Promise<BadEvent | null> {
  const { store, trail } = sources;
  const intact = await intactValues(sources, goOn);
  const replay = new Replay(trail);
  for (;;) {
    const page = store.eventsAfter(replay.head.seq, PAGE);
    for (const row of page) replay.next(row);
    if (page.length < PAGE) break; // the rest must happen without a pause, so that events and rows are of one moment
    await setImmediate();
    goOn();
  }
  let first = replay.bad;
  const report = (seq: number, reason: string) => {
    if (first === null || seq < first.seq) first = { seq, reason };
  };
  const missing = new Map(replay.expected);
  for (const row of store.secrets()) {
    const expected = missing.get(row.uid);
    missing.delete(row.uid);
    const seq = expected?.seq ?? replay.head.seq;
    const entry = openRow(sources, row);
    if (entry === null) report(seq, `the secret ${row.uid} was changed`);
    else if (expected === undefined) report(seq, `the secret ${row.uid} is there without an event`);
    else if (!entry.digest.equals(expected.digest)) report(seq, `the secret ${row.uid} is not as this event left it`);
    else if (!intact.has(row.uid) && !hasIntactValue(sources, row.id))
      report(seq, `the value of the secret ${row.uid} was changed`);
  }
  for (const [uid, { seq }] of missing) report(seq, `the secret ${uid} is missing`);
  return first;
}

/** Uids of the secrets whose value belongs to them. Those that are made or changed meanwhile may be left out. */
async function intactValues(sources: Sources, goOn: () => void): Promise<Set<string>> {
  const intact = new Set<string>();
  const rows = Array.from(sources.store.secrets(), ({ id, uid }) => ({ id, uid }));
  for (const [index, { id, uid }] of rows.entries()) {
    if (hasIntactValue(sources, id)) intact.add(uid);
    if (index % PAGE !== PAGE - 1) continue;
    await setImmediate();
    goOn();
  }
  return intact;
}

/** The value is opened, and wiped at once. */
function hasIntactValue(sources: Sources, id: number): boolean {
  try {
    const row = sources.store.secret(id);
    if (row === null || openRow(sources, row)?.valueMark.equals(valueMark(row)) !== true) return false;
    sources.envelope.openValue(row.uid, row).fill(0);
    return true;
  } catch {
    return false;
  }
}
