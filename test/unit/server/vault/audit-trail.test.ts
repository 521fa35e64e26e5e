import { describe, expect, it } from 'vitest';
import { AuditTrail, exclusiveOr, type AuditRow, type NewEvent } from '../../../../server/src/vault/audit-trail.ts';
import { Replay } from '../../../../server/src/vault/replay.ts';
import { countedBytes } from '../../../fixtures/vault.ts';

const trail = new AuditTrail(Buffer.alloc(32, 3), 'a-vault', countedBytes());
const DIGEST = Buffer.alloc(32, 9);

function event(facts: Partial<NewEvent> = {}): NewEvent {
  const at = '2026-01-02T03:04:05.678Z';
  return {
    at,
    label: 'a test',
    scope: 'full',
    action: 'list',
    uid: null,
    name: null,
    outcome: 'ok',
    detail: null,
    ...facts,
  };
}

/** Two secrets are made, one is replaced, one deleted, then somebody lists. */
function chain(of = trail): AuditRow[] {
  let head = of.start;
  const rows: AuditRow[] = [];
  const append = (facts: Partial<NewEvent>, ...terms: Buffer[]) => {
    const sealed = of.seal({ ...head, live: terms.reduce(exclusiveOr, head.live) }, event(facts));
    head = sealed.head;
    rows.push(sealed.row);
  };
  append({ action: 'create', uid: 'A', name: 'ONE', change: { digest: DIGEST } }, of.term('A', DIGEST));
  append({ action: 'create', uid: 'B', name: 'TWO', change: { digest: DIGEST } }, of.term('B', DIGEST));
  append({ action: 'replace', uid: 'C', name: 'ONE', change: { digest: DIGEST, gone: 'A' } }, of.term('A', DIGEST), of.term('C', DIGEST)); // prettier-ignore
  append({ action: 'delete', uid: 'B', name: 'TWO', change: { digest: null } }, of.term('B', DIGEST));
  append({ action: 'list', detail: '1' });
  return rows;
}

function replay(rows: readonly AuditRow[]): Replay {
  const result = new Replay(trail);
  for (const row of rows) result.next(row);
  return result;
}

describe('the audit trail', () => {
  it('seals the first event to the same bytes each time (frozen: files on disk depend on it)', () => {
    const [row] = chain(new AuditTrail(Buffer.alloc(32, 3), 'a-vault', countedBytes()));
    expect(row?.event.toString('hex')).toBe(
      '01b280d41aeb995be37ebe7594423d954899cb41d68a016644b4325d7cda24a45cb99de79fc20a17459c3036e3f9b353093b0a15a1eca29b7c761ff79d987fdf501e1331c8728bbfb63307f4c011bd0968be4b4f7fc391f9185a7231d213ca1239f3f61aa638fa865735128fbef8839b72a2134c051e1e187e0ea99c853d4263dff5d5',
    );
    expect(row?.mac.toString('hex')).toBe('8f55830ce09ce836bbbf4deafb1a843e689e622c184790c76e1b8112682a02a1');
  });

  it('opens an event to what was recorded', () => {
    const [created, , replaced, , listed] = chain().map((row) => trail.open(row));
    expect(created?.event).toEqual({ ...event({ action: 'create', uid: 'A', name: 'ONE' }), seq: 1 });
    expect(replaced?.event).toMatchObject({ action: 'replace', uid: 'C', detail: 'A' });
    expect(listed).toEqual({ event: { ...event({ detail: '1' }), seq: 5 }, change: null });
  });

  it('says which secrets exist after it', () => {
    const { bad, expected } = replay(chain());
    expect(bad).toBeNull();
    expect([...expected]).toEqual([['C', { digest: DIGEST, seq: 3 }]]);
  });

  it('holds no name, label or uid that could be read', () => {
    const bytes = Buffer.concat(chain().flatMap(({ event: sealed, mac }) => [sealed, mac])).toString('latin1');
    for (const text of ['ONE', 'TWO', 'a test', 'create']) expect(bytes).not.toContain(text);
  });

  it('names the event of which any byte was changed', () => {
    const rows = chain();
    for (const part of ['event', 'mac'] as const) {
      for (let i = 0; i < (rows[2]?.[part].length ?? 0); i++) {
        const changed = rows.map((row) => ({ ...row, [part]: Buffer.from(row[part]) }));
        const bytes = changed[2]?.[part];
        if (bytes) bytes[i] = (bytes[i] ?? 0) ^ 128;
        expect(replay(changed).bad).toMatchObject({ seq: 3 });
      }
    }
  });

  it('names the place where an event was taken out, and where two changed places', () => {
    const [a, b, c, d, e] = chain() as [AuditRow, AuditRow, AuditRow, AuditRow, AuditRow];
    expect(replay([a, c, d, e]).bad).toEqual({ seq: 2, reason: 'the event is missing' });
    expect(replay([a, { ...c, seq: 2 }, { ...b, seq: 3 }, d, e]).bad).toMatchObject({ seq: 2 });
    expect(replay([b, c, d, e]).bad).toMatchObject({ seq: 1 });
  });

  it('does not take an event of another vault or another key', () => {
    const foreign = new AuditTrail(Buffer.alloc(32, 3), 'b-vault', countedBytes());
    expect(replay(chain(foreign)).bad).toMatchObject({ seq: 1 });
    const otherKey = new AuditTrail(Buffer.alloc(32, 4), 'a-vault', countedBytes());
    expect(replay(chain(otherKey)).bad).toMatchObject({ seq: 1 });
  });

  it('does not follow when the secrets are others than at the time of the event', () => {
    const rows = chain();
    const [last, before] = [rows[4] as AuditRow, rows[3] as AuditRow];
    const live = trail.term('C', DIGEST);
    expect(trail.follows(before.mac, live, last)).toBe(true);
    expect(trail.follows(before.mac, trail.start.live, last)).toBe(false);
    expect(trail.follows(before.mac, exclusiveOr(live, trail.term('B', DIGEST)), last)).toBe(false);
    expect(trail.follows(before.mac, trail.term('C', Buffer.alloc(32, 8)), last)).toBe(false);
  });
});
