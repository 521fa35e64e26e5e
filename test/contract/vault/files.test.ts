import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openVault, stageVault } from '../../../server/src/vault/open.ts';
import { BY, fill, secret, temporaryFolder, VaultFile } from '../../fixtures/vault.ts';

const isRoot = process.getuid?.() === 0;
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'latin1')]));

describe('the files of a vault', () => {
  it('are private from the start, also where the system would make them readable', async () => {
    const before = process.umask(0);
    try {
      const file = new VaultFile(path.join(temporaryFolder(), 'made', 'by us'));
      await fill(await file.open(), 'A');
      expect(modeOf(file.folder)).toBe('700');
      const modes = readdirSync(file.folder).map((name) => [name, modeOf(path.join(file.folder, name))]);
      expect(modes.sort()).toEqual([
        ['vault.db', '600'],
        ['vault.db-shm', '600'],
        ['vault.db-wal', '600'],
      ]);
    } finally {
      process.umask(before);
    }
  });

  it('hold no name, description, type, label, uid of an event or value that could be read', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    const canary = 'CANARY_f3a9';
    const { uid } = await vault.create(
      { label: `${canary} label`, scope: 'full' },
      {
        name: `${canary}_NAME`,
        description: `${canary} description`,
        type: 'canary-f3a9',
        value: Buffer.from(`${canary} value`),
      },
    );
    await vault.update(BY, uid, { description: `${canary} changed` });
    await vault.reveal(BY, uid);
    await vault.seal(`${canary} origin`, Buffer.from(`${canary} token`));
    const open = Object.values(contents(file.folder)).join('');
    await vault.close();
    const bytes = open + Object.values(contents(file.folder)).join('');
    expect(bytes).toContain('SQLite format 3');
    expect(bytes).toContain(uid);
    expect(bytes).not.toMatch(/canary/i);
  });

  it.each([
    ['its folder', (file: VaultFile) => chmodSync(file.folder, 0o750)],
    ['the file', (file: VaultFile) => chmodSync(file.file, 0o640)],
    ['a file that SQLite keeps beside it', (file: VaultFile) => writeFileSync(`${file.file}-wal`, '', { mode: 0o644 })],
  ])('are refused when others can read %s', async (_, widen) => {
    const file = new VaultFile();
    await (await file.open()).close();
    widen(file);
    await expect(file.open()).rejects.toMatchObject({ kind: 'bad_permissions' });
  });

  it.for([
    ['folder', (file: VaultFile) => file.folder],
    ['file', (file: VaultFile) => file.file],
  ] as const)('are refused when the %s belongs to somebody else', async ([, which], { skip }) => {
    skip(!isRoot, 'only root can give a file away');
    const file = new VaultFile();
    await (await file.open()).close();
    chownSync(which(file), 12_345, 12_345);
    await expect(file.open()).rejects.toMatchObject({ kind: 'bad_permissions' });
  });

  it('are refused when the file is a link to somewhere else', async () => {
    const elsewhere = new VaultFile();
    await (await elsewhere.open()).close();
    const file = new VaultFile();
    symlinkSync(elsewhere.file, file.file);
    await expect(file.open()).rejects.toMatchObject({ kind: 'bad_permissions' });
  });
});

describe('a vault of a newer release', () => {
  const raise = (db: DatabaseSync) => db.exec('PRAGMA user_version = 99; CREATE TABLE something_new (x)');

  it('is refused in a sentence that names both formats, and no byte of it changes', async () => {
    const file = new VaultFile();
    await (await file.open()).close();
    file.sql(raise);
    const before = contents(file.folder);
    await expect(file.open()).rejects.toMatchObject({ kind: 'newer_vault', details: { format: 99, known: 1 } });
    await expect(file.open()).rejects.toThrow(/newer release \(format 99; this one knows 1\)/);
    expect(contents(file.folder)).toEqual(before);
  });

  it('is recognised although its program was killed before the log was moved into the file', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    await fill(vault, 'A');
    await vault.close();
    const killed = new VaultFile();
    const db = new DatabaseSync(file.file);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    raise(db);
    for (const name of ['vault.db', 'vault.db-wal'])
      copyFileSync(path.join(file.folder, name), path.join(killed.folder, name));
    db.close();
    for (const name of readdirSync(killed.folder)) chmodSync(path.join(killed.folder, name), 0o600);
    const [main, log] = [readFileSync(killed.file), readFileSync(`${killed.file}-wal`)];
    await expect(killed.open()).rejects.toMatchObject({ kind: 'newer_vault' });
    expect(readFileSync(killed.file).equals(main)).toBe(true);
    expect(readFileSync(`${killed.file}-wal`).equals(log)).toBe(true);
  });
});

describe('a file that is no vault', () => {
  it.each([
    ['text', (file: string) => writeFileSync(file, 'not a database at all '.repeat(100), { mode: 0o600 })],
    [
      "another program's database",
      (file: string) => {
        writeFileSync(file, '', { mode: 0o600 });
        const db = new DatabaseSync(file);
        db.exec('PRAGMA application_id = 7; CREATE TABLE t (x)');
        db.close();
      },
    ],
  ])('(%s) is refused and left as it is', async (_, make) => {
    const file = new VaultFile();
    make(file.file);
    const before = contents(file.folder);
    await expect(file.open()).rejects.toMatchObject({ kind: 'integrity' });
    expect(contents(file.folder)).toEqual(before);
  });

  it('(emptied) is refused and left as it is: an empty list would look as if all was well', async () => {
    const file = new VaultFile();
    await (await file.open()).close();
    writeFileSync(file.file, '', { mode: 0o600 });
    await expect(file.open()).rejects.toMatchObject({ kind: 'integrity' });
    expect(contents(file.folder)).toEqual({ 'vault.db': '' });
  });
});

describe('a vault file', () => {
  it('that is lost is not made anew by opening it', async () => {
    const { file, folder, id, key } = new VaultFile();
    await expect(openVault({ file, id, key })).rejects.toMatchObject({
      kind: 'vault_incomplete',
      details: { name: 'vault.db', path: folder },
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is made beside its place, as often as set-up begins, and is in its place once it was opened', async () => {
    const { file, folder, id, key } = new VaultFile();
    await stageVault({ file, id: 'another-id', key: Buffer.alloc(32, 1) });
    await stageVault({ file, id, key });
    expect(readdirSync(folder)).toEqual(['vault.db.new']);
    const vault = await openVault({ file, id, key });
    await fill(vault, 'A');
    await vault.close();
    expect(readdirSync(folder)).toEqual(['vault.db']);
    await expect(stageVault({ file, id, key })).rejects.toMatchObject({ kind: 'already_set_up' });
    const again = await openVault({ file, id, key });
    expect(await again.list(BY)).toHaveLength(1);
    await again.close();
  });
});

describe('what was deleted, replaced or renamed', () => {
  it('is on disk no more a moment later, large and small', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    const [small, large] = await Promise.all([
      vault.create(BY, secret('SMALL')),
      vault.create(BY, secret('LARGE', Buffer.alloc(65_536, 'large'))),
    ]);
    await vault.create(BY, secret('STAYS'));
    const sealed = file.sql((db) =>
      db
        .prepare('SELECT meta, value FROM secrets JOIN secret_values USING (id) WHERE id < 3')
        .all()
        .flatMap((row) =>
          [row['meta'], row['value']].map((bytes) => Buffer.from(bytes as Uint8Array).subarray(20, 60)),
        ),
    );
    const found = () => {
      const bytes = ['', '-wal'].map((suffix) => readFileSync(file.file + suffix));
      return sealed.filter((part) => bytes.some((content) => content.includes(part))).length;
    };
    expect(found()).toBe(4);
    await vault.delete(BY, large.uid);
    await vault.replace(BY, small.uid, Buffer.from('new'));
    await expect.poll(found, { timeout: 15_000 }).toBe(0);
    expect(await vault.verify()).toBeNull();
  });
});

describe('a vault that format 1 left behind', () => {
  it('opens with what is in it', async () => {
    const file = new VaultFile(path.join(temporaryFolder(), 'copy'));
    mkdirSync(file.folder, { mode: 0o700 });
    copyFileSync(path.join(import.meta.dirname, '../../fixtures/vault-format-1.db'), file.file);
    chmodSync(file.file, 0o600);
    const vault = await file.open();
    const secrets = await vault.revealAll(BY);
    expect(
      secrets.map(({ record, value }) => [record.name, record.description, record.type, value.toString()]),
    ).toEqual([
      ['OPENAI_API_KEY', 'for the examples', 'key', 'sk-example'],
      ['PASSWORD', '', 'password', 'pässword\n'],
    ]);
    expect(await vault.verify()).toBeNull();
    expect(String(await vault.sealed('https://example.org'))).toBe('a token');
  });
});
