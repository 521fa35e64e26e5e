import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SecretsError } from '../../shared/src/index.ts';
import { BY, fill, secret, temporaryFolder, valueOf, VaultFile } from '../fixtures/vault.ts';

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof SecretsError ? error.kind : String(error)),
  );

describe('when the audit trail cannot be written', () => {
  it('nothing is done, nothing is revealed, and afterwards all goes on', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    const [a, b] = await fill(vault, 'AB');
    const { revision } = vault;
    file.sql((db) => db.exec("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END"));
    const value = Buffer.from('typed');
    for (const attempt of [
      vault.create(BY, { ...secret('C'), value }),
      vault.update(BY, a?.uid ?? '', { name: 'X' }),
      vault.replace(BY, a?.uid ?? '', Buffer.from('new')),
      vault.delete(BY, a?.uid ?? ''),
      vault.reveal(BY, a?.uid ?? ''),
      vault.revealAll(BY),
      vault.list(BY),
      vault.reveal(BY, 'unknown'),
    ])
      expect(await outcome(attempt)).toBe('audit_unavailable');
    expect(vault.revision).toBe(revision);
    file.sql((db) => db.exec('DROP TRIGGER broken'));
    expect(await vault.list(BY)).toEqual([a, b]);
    expect(await valueOf(vault, a?.uid ?? '')).toBe('value of A');
    await vault.create(BY, secret('C'));
    expect(await vault.verify()).toBeNull();
    await vault.close();
    expect((await (await file.open()).list(BY)).map(({ name }) => name)).toEqual(['A', 'B', 'C']);
  });
});

describe('when the store takes one job and not another', () => {
  it('those that were committed together with the bad one are done all the same', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    file.sql((db) =>
      db.exec(
        "CREATE TRIGGER broken BEFORE INSERT ON secret_values WHEN length(new.value) > 1000 BEGIN SELECT RAISE(ABORT, 'no'); END",
      ),
    );
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, i) => outcome(vault.create(BY, secret(`S${i}`, 'x'.repeat(i === 5 ? 2000 : 10))))),
    );
    expect(outcomes.filter((each) => each === 'done')).toHaveLength(11);
    expect(outcomes[5]).toBe('audit_unavailable');
    const listed = await vault.list(BY);
    expect(listed.map(({ name }) => name)).toEqual(
      Array.from({ length: 12 }, (_, i) => `S${i}`).filter((_, i) => i !== 5),
    );
    for (const { uid } of listed) expect(await valueOf(vault, uid)).toBe('x'.repeat(10));
    expect(await vault.verify()).toBeNull();
  });
});

describe('when another program holds the file', () => {
  it('jobs are told that it is busy, all of them within one waiting time, and done later', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    const holder = new DatabaseSync(file.file);
    holder.exec('BEGIN IMMEDIATE');
    const start = performance.now();
    const outcomes = await Promise.all(['A', 'B', 'C'].map((name) => outcome(vault.create(BY, secret(name)))));
    expect(outcomes).toEqual(['busy', 'busy', 'busy']);
    expect(performance.now() - start).toBeLessThan(2900);
    holder.exec('ROLLBACK');
    holder.close();
    await fill(vault, 'ABC');
    expect(await vault.verify()).toBeNull();
  });
});

/** A file system of its own, of a few megabytes; null where it cannot be mounted. */
function smallDisk(): string | null {
  const folder = path.join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m,mode=700', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return folder;
}

describe('when the disk is full', () => {
  it('what was acknowledged is there, the rest is refused with disk_full, and room brings it back', async ({
    skip,
  }) => {
    const disk = smallDisk();
    if (disk === null) return skip('no file system can be mounted here; run it as root');
    const file = new VaultFile(disk);
    const vault = await file.open();
    const ballast = path.join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(3_500_000));
    const stored = new Map<string, string>();
    let refused: string | undefined;
    for (let i = 0; refused === undefined && i < 200; i++) {
      const value = `${i}`.padEnd(30_000, 'x');
      const result = await vault
        .create(BY, secret(`S${i}`, value))
        .catch((error: unknown) => (error as SecretsError).kind);
      if (typeof result === 'string') refused = result;
      else stored.set(result.uid, value);
    }
    expect(refused).toBe('disk_full');
    const several = await Promise.all(
      ['X', 'Y'].map((name) => outcome(vault.create(BY, secret(name, 'y'.repeat(60_000))))),
    );
    expect(several).toEqual(['disk_full', 'disk_full']);
    rmSync(ballast);
    await expect.poll(() => statSync(`${file.file}-wal`).size, { timeout: 30_000 }).toBe(0);
    for (const [uid, value] of stored) expect(await valueOf(vault, uid)).toBe(value);
    expect((await vault.list(BY)).map(({ uid }) => uid)).toEqual([...stored.keys()]);
    await vault.create(BY, secret('AFTERWARDS'));
    expect(await vault.verify()).toBeNull();
    await vault.close();
    const again = await file.open();
    expect(again.damaged()).toEqual([]);
    expect(await again.list(BY)).toHaveLength(stored.size + 1);
  });
});
