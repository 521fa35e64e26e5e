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
  const changed = await changedValues(sources, goOn);
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
    else if (changed.has(row.uid)) report(seq, `the value of the secret ${row.uid} was changed`);
  }
  for (const [uid, { seq }] of missing) report(seq, `the secret ${uid} is missing`);
  return first;
}

/** Uids of the secrets whose value does not belong to them. Each is opened, and wiped at once. */
async function changedValues(sources: Sources, goOn: () => void): Promise<Set<string>> {
  const { store, envelope } = sources;
  const changed = new Set<string>();
  const ids = Array.from(store.secrets(), ({ id }) => id);
  for (const [index, id] of ids.entries()) {
    if (index % PAGE === PAGE - 1) {
      await setImmediate();
      goOn();
    }
    const row = store.secret(id);
    if (row === null) continue; // deleted meanwhile, or its value row is missing: then the row itself says so
    const mark = openRow(sources, row)?.valueMark;
    try {
      if (mark === undefined || !valueMark(row).equals(mark)) changed.add(row.uid);
      else envelope.openValue(row.uid, row).fill(0);
    } catch {
      changed.add(row.uid);
    }
  }
  return changed;
}
