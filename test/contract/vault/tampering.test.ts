import { copyFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { SecretsError } from '../../../shared/src/index.ts';
import type { SecretRecord, Vault } from '../../../server/src/vault/types.ts';
import { BY, fill, secret, valueOf, VaultFile } from '../../fixtures/vault.ts';

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof SecretsError ? [error.kind, error.details['uid'] ?? null] : String(error)),
  );

/** Three secrets, changed from outside while the vault is closed. */
async function tampered(change: (db: DatabaseSync, a: SecretRecord, b: SecretRecord) => void) {
  const file = new VaultFile();
  const before = await file.open();
  const [a, b, c] = (await fill(before, 'ABC')) as [SecretRecord, SecretRecord, SecretRecord];
  await before.close();
  file.sql((db) => change(db, a, b));
  return { file, vault: await file.open(), a, b, c };
}

const swap = (column: string, table: string) => (db: DatabaseSync, a: SecretRecord, b: SecretRecord) => {
  const read = db.prepare(`SELECT ${column} AS it FROM ${table} WHERE id = (SELECT id FROM secrets WHERE uid = ?)`);
  const [ofA, ofB] = [a, b].map(({ uid }) => (read.get(uid) as { it: Uint8Array }).it);
  const write = db.prepare(`UPDATE ${table} SET ${column} = ? WHERE id = (SELECT id FROM secrets WHERE uid = ?)`);
  if (column === 'name_tag') write.run(Buffer.alloc(32), b.uid); // the names are unique on the way, too
  write.run(ofB ?? null, a.uid);
  write.run(ofA ?? null, b.uid);
};
const flip = (column: string, table: string) => (db: DatabaseSync, a: SecretRecord) => {
  const { id, it } = db.prepare(`SELECT id, ${column} AS it FROM ${table} WHERE id = (SELECT id FROM secrets WHERE uid = ?)`).get(a.uid) as { id: number; it: Uint8Array }; // prettier-ignore
  it[20] = (it[20] ?? 0) ^ 1;
  db.prepare(`UPDATE ${table} SET ${column} = ? WHERE id = ?`).run(it, id);
};

describe('a secret that was changed from outside', () => {
  it.each([
    ['a byte of its value was flipped', flip('value', 'secret_values'), 1],
    ['a byte of its key was flipped', flip('dek', 'secret_values'), 1],
    ['a byte of its metadata was flipped', flip('meta', 'secrets'), 1],
    ["a byte of its name's tag was flipped", flip('name_tag', 'secrets'), 1],
    ['its value was swapped with another', swap('value', 'secret_values'), 2],
    ['its key was swapped with another', swap('dek', 'secret_values'), 2],
    ['its metadata was swapped with another', swap('meta', 'secrets'), 2],
    ["its name's tag was swapped with another", swap('name_tag', 'secrets'), 2],
    ['its value row was swapped with another', (db: DatabaseSync) => db.exec('PRAGMA foreign_keys = OFF; UPDATE secret_values SET id = -id WHERE id < 3; UPDATE secret_values SET id = 3 + id WHERE id < 0'), 2], // prettier-ignore
    ['its value row is missing', (db: DatabaseSync) => db.exec('DELETE FROM secret_values WHERE id = 1'), 1],
    ['its account was changed', (db: DatabaseSync) => db.exec("UPDATE secrets SET account = 'x' WHERE id = 1"), 1],
    ['its epoch was changed', (db: DatabaseSync) => db.exec('UPDATE secrets SET epoch = 2 WHERE id = 1'), 1],
    ['its row was deleted', (db: DatabaseSync) => db.exec('DELETE FROM secrets WHERE id = 1'), 1],
  ] as [string, (db: DatabaseSync, a: SecretRecord, b: SecretRecord) => void, number][])(
    'answers integrity and its uid, and verify names its event, when %s; others are served',
    async (_, change, damaged) => {
      const { vault, a, b, c } = await tampered(change);
      expect(await outcome(vault.reveal(BY, a.uid))).toEqual(['integrity', a.uid]);
      expect(await outcome(vault.reveal(BY, b.uid))).toEqual(damaged === 2 ? ['integrity', b.uid] : 'done');
      expect(await valueOf(vault, c.uid)).toBe('value of C');
      expect((await vault.list(BY)).map(({ name }) => name)).toContain('C');
      expect((await vault.revealAll(BY)).map(({ record }) => record.name)).toEqual(damaged === 2 ? ['C'] : ['B', 'C']);
      expect((await vault.verify())?.seq).toBe(1);
      expect(await vault.audit({ limit: 20 })).toContainEqual(
        expect.objectContaining({ action: 'reveal', uid: a.uid, outcome: 'refused', detail: 'integrity' }),
      );
    },
  );

  it('never shows a wrong value or name for any flipped bit of the file', async () => {
    const file = new VaultFile();
    const before = await file.open();
    const secrets = await fill(before, 'ABC');
    await before.close();
    const columns = ['meta', 'name_tag', 'dek', 'value'] as const;
    let detected = 0;
    for (let round = 0; round < 40; round++) {
      const copy = new VaultFile();
      copyFileSync(file.file, copy.file);
      const column = columns[round % 4] ?? 'meta';
      const table = column === 'meta' || column === 'name_tag' ? 'secrets' : 'secret_values';
      copy.sql((db) => {
        const row = db.prepare(`SELECT ${column} AS it FROM ${table} WHERE id = 1`).get() as { it: Uint8Array };
        const at = (round * 7) % row.it.length;
        row.it[at] = (row.it[at] ?? 0) ^ (1 << (round % 8));
        db.prepare(`UPDATE ${table} SET ${column} = ? WHERE id = 1`).run(row.it);
      });
      const vault = await copy.open();
      for (const [index, { uid, name }] of secrets.entries()) {
        const result = await outcome(vault.reveal(BY, uid));
        expect(result).toEqual(index === 0 ? ['integrity', uid] : 'done');
        if (index > 0) expect(await valueOf(vault, uid)).toBe(`value of ${name}`);
        else detected++;
      }
      await vault.close();
    }
    expect(detected).toBe(40);
  });

  it('is noticed while the vault is open, too', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    const [a, b] = (await fill(vault, 'AB')) as [SecretRecord, SecretRecord];
    file.sql((db) => flip('meta', 'secrets')(db, a));
    file.sql((db) => db.exec('DELETE FROM secrets WHERE id = 2'));
    expect(await outcome(vault.reveal(BY, a.uid))).toEqual(['integrity', a.uid]);
    expect(await outcome(vault.reveal(BY, b.uid))).toEqual(['integrity', b.uid]);
  });

  it('is named as damaged, keeps its name, can be deleted, and then all is well again', async () => {
    const { file, vault, a } = await tampered(flip('meta', 'secrets'));
    expect(vault.damaged()).toEqual([a.uid]);
    expect(await outcome(vault.create(BY, secret('A')))).toEqual(['conflict', null]);
    expect(await outcome(vault.update(BY, a.uid, { name: 'X' }))).toEqual(['integrity', a.uid]);
    await vault.delete(BY, a.uid);
    expect(vault.damaged()).toEqual([]);
    expect(await vault.verify()).toBeNull();
    await vault.create(BY, secret('A'));
    await vault.close();
    const again = await file.open();
    expect(again.damaged()).toEqual([]);
    expect((await again.list(BY)).map(({ name }) => name)).toEqual(['B', 'C', 'A']);
  });

  it('that is missing is named at every opening until somebody deletes it', async () => {
    const { file, vault, a } = await tampered((db) => db.exec('DELETE FROM secrets WHERE id = 1'));
    await vault.create(BY, secret('D'));
    await vault.close();
    const again = await file.open();
    expect(again.damaged()).toEqual([a.uid]);
    expect(await outcome(again.reveal(BY, a.uid))).toEqual(['integrity', a.uid]);
    expect(await again.verify()).toEqual({ seq: 1, reason: `the secret ${a.uid} is missing` });
    await again.delete(BY, a.uid);
    expect(await again.verify()).toBeNull();
    expect(await outcome(again.reveal(BY, a.uid))).toEqual(['not_found', null]);
  });
});

describe('an old copy of a secret', () => {
  /** What the rows of a secret were once, put back after `meanwhile`. */
  async function putBack(meanwhile: (vault: Vault, a: SecretRecord) => Promise<unknown>) {
    const file = new VaultFile();
    const vault = await file.open();
    const [a] = (await fill(vault, 'AB')) as [SecretRecord, SecretRecord];
    await vault.close();
    const old = new VaultFile();
    copyFileSync(file.file, old.file);
    const then = await file.open();
    await meanwhile(then, a);
    await then.close();
    file.sql((db) =>
      db.exec(
        `ATTACH '${old.file}' AS old;
         DELETE FROM secrets WHERE id = 1;
         INSERT INTO secrets SELECT * FROM old.secrets WHERE id = 1;
         INSERT OR REPLACE INTO secret_values SELECT * FROM old.secret_values WHERE id = 1`,
      ),
    );
    return { vault: await file.open(), a };
  }

  it('put back after a deletion is refused by name', async () => {
    const { vault, a } = await putBack((then, { uid }) => then.delete(BY, uid));
    expect(vault.damaged()).toEqual([a.uid]);
    expect(await outcome(vault.reveal(BY, a.uid))).toEqual(['integrity', a.uid]);
    expect(await vault.verify()).toMatchObject({ reason: `the secret ${a.uid} is there without an event` });
  });

  it('put back after a rename is refused by name', async () => {
    const { vault, a } = await putBack((then, { uid }) => then.update(BY, uid, { name: 'NEW' }));
    expect(vault.damaged()).toEqual([a.uid]);
    expect(await vault.verify()).toEqual({ seq: 3, reason: `the secret ${a.uid} is not as this event left it` });
  });
});

describe('an audit trail that was changed from outside', () => {
  const change = (sql: string) => tampered((db) => db.exec(sql));

  it.each([
    ['an event was edited', 'UPDATE audit SET event = (SELECT event FROM audit WHERE seq = 1) WHERE seq = 2', 2],
    [
      'two events changed places',
      'UPDATE audit SET seq = -seq WHERE seq < 3; UPDATE audit SET seq = 3 + seq WHERE seq < 0',
      1,
    ],
    ['an event was taken out of the middle', 'DELETE FROM audit WHERE seq = 2', 2],
    ['the first event is gone', 'DELETE FROM audit WHERE seq = 1', 1],
    ['the last event is gone, but its secret is not', 'DELETE FROM audit WHERE seq = 3', 2],
    ['the mac of an event was changed', 'UPDATE audit SET mac = zeroblob(32) WHERE seq = 2', 2],
  ])('is told by verify, with the first bad event, when %s; secrets are served', async (_, sql, seq) => {
    const { vault, a } = await change(sql);
    expect(await vault.verify()).toMatchObject({ seq });
    expect(await valueOf(vault, a.uid)).toBe('value of A');
  });

  it('still takes new events, and verify still names the old bad one', async () => {
    const { file, vault } = await change('DELETE FROM audit WHERE seq = 2');
    await vault.create(BY, secret('D'));
    await vault.close();
    const again = await file.open();
    expect((await again.list(BY)).map(({ name }) => name)).toEqual(['A', 'B', 'C', 'D']);
    expect(await again.verify()).toEqual({ seq: 2, reason: 'the event is missing' });
  });

  it('leaves out of the list the events that cannot be read', async () => {
    const { vault } = await change('UPDATE audit SET event = zeroblob(60) WHERE seq = 2');
    expect((await vault.audit({ limit: 9 })).map(({ seq }) => seq)).toEqual([3, 1]);
  });
});

describe('another key', () => {
  it('opens nothing, says so in one sentence, and leaves the file as it is', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    await fill(vault, 'A');
    await vault.close();
    await expect(file.open({ key: Buffer.alloc(32, 8) })).rejects.toMatchObject({ kind: 'integrity' });
    await expect(file.open({ id: 'b-vault' })).rejects.toThrow(/does not belong to this vault/);
    expect(await (await file.open()).verify()).toBeNull();
  });
});
