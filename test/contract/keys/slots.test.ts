import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { SecretValue, type SlotKind } from '../../../shared/src/index.ts';
import { Keychain } from '../../../server/src/keys/keychain.ts';
import { addPassphrase, createVaultKey, KeySlots, openVaultKey } from '../../../server/src/keys/slots.ts';
import { longestWait } from '../../fixtures/longest-wait.ts';
import { temporaryFolder, VaultFile } from '../../fixtures/vault.ts';

/** Where no session bus is, there is no keychain. */
const keychain = new Keychain({ environment: {}, platform: 'linux' });
const passphrase = new SecretValue('correct horse ü');
const home = () => path.join(temporaryFolder(), 'secrets');
const create = (folder: string, slot: SlotKind, more = {}) => createVaultKey({ home: folder, slot, keychain, ...more });
const open = (folder: string, more = {}) => openVaultKey({ home: folder, keychain, interactive: false, ...more });
const slotsIn = (folder: string) => path.join(folder, 'vault.json');
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

/** Changes vault.json as somebody with an editor. */
function edit(folder: string, change: (json: { format: number; slots: Record<string, unknown>[] }) => void): void {
  const json = JSON.parse(readFileSync(slotsIn(folder), 'utf8')) as {
    format: number;
    slots: Record<string, unknown>[];
  };
  change(json);
  writeFileSync(slotsIn(folder), JSON.stringify(json));
}

describe('a passphrase', () => {
  it('opens the vault key it was set up with, and no other does', async () => {
    const folder = home();
    const made = await create(folder, 'passphrase', { passphrase });
    expect(await open(folder, { passphrase })).toMatchObject({ id: made.id, key: made.key, openedBy: 'passphrase' });
    const wrong = open(folder, { passphrase: new SecretValue('correct horse') });
    await expect(wrong).rejects.toMatchObject({ kind: 'wrong_passphrase' });
  });

  it('is the same however its letters are composed', async () => {
    const folder = home();
    const { key } = await create(folder, 'passphrase', { passphrase: new SecretValue('für'.normalize('NFC')) });
    expect((await open(folder, { passphrase: new SecretValue('für'.normalize('NFD')) })).key).toEqual(key);
  });

  it('can be added to an open vault and changed: the new one opens the same key, the old one nothing', async () => {
    const folder = home();
    const { key } = await create(folder, 'file');
    await addPassphrase({ home: folder, key, passphrase: new SecretValue('first') });
    await addPassphrase({ home: folder, key, passphrase: new SecretValue('second') });
    expect((await KeySlots.load(folder))?.kinds).toEqual(['passphrase', 'file']);
    expect((await open(folder, { passphrase: new SecretValue('second') })).key).toEqual(key);
    await expect(open(folder, { passphrase: new SecretValue('first') })).rejects.toMatchObject({
      kind: 'wrong_passphrase',
    });
    expect((await open(folder)).openedBy).toBe('file');
  });

  it('is asked for where nothing else opens the vault, and an empty one is refused', async () => {
    const folder = home();
    await expect(create(folder, 'passphrase', { passphrase: new SecretValue('') })).rejects.toMatchObject({
      kind: 'invalid',
    });
    expect(existsSync(slotsIn(folder))).toBe(false);
    await create(folder, 'passphrase', { passphrase });
    await expect(open(folder)).rejects.toMatchObject({ kind: 'locked', details: { field: 'passphrase' } });
  });

  it('does not hold up anything else while it is stretched', async () => {
    const folder = home();
    const start = performance.now();
    const longest = await longestWait(create(folder, 'passphrase', { passphrase }));
    const took = performance.now() - start;
    expect(longest).toBeLessThan(took * 0.8);
  });
});

describe('a key file', () => {
  it('is made private, with random content of its own, and opens the vault without a question', async () => {
    const folder = home();
    const { id, key } = await create(folder, 'file');
    const file = path.join(folder, 'vault.key');
    expect(modeOf(file)).toBe('600');
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(readFileSync(file, 'utf8')).not.toContain(key.toString('hex'));
    expect(await open(folder)).toMatchObject({ id, key, openedBy: 'file' });
  });

  it('can lie elsewhere, be moved later, and be one that was there before', async () => {
    const folder = home();
    const keyFile = path.join(temporaryFolder(), 'given.key');
    writeFileSync(keyFile, '00ff'.repeat(16), { mode: 0o600 });
    const { key } = await create(folder, 'file', { keyFile });
    expect(readFileSync(keyFile, 'utf8')).toBe('00ff'.repeat(16));
    expect((await open(folder)).key).toEqual(key);
    renameSync(keyFile, `${keyFile}.moved`);
    await expect(open(folder)).rejects.toMatchObject({ kind: 'no_key_file', details: { file: keyFile } });
    expect((await open(folder, { keyFile: `${keyFile}.moved` })).key).toEqual(key);
  });

  it.each([
    ['others can read', (file: string) => chmodSync(file, 0o640), 'bad_permissions'],
    ['is damaged', (file: string) => writeFileSync(file, 'abc'), 'integrity'],
    ["is another vault's", (file: string) => writeFileSync(file, 'ab'.repeat(32)), 'integrity'],
  ])('that %s is refused', async (_, change, kind) => {
    const folder = home();
    await create(folder, 'file');
    change(path.join(folder, 'vault.key'));
    await expect(open(folder)).rejects.toMatchObject({ kind });
  });
});

describe('a new vault key', () => {
  it('is never made where there is a vault, whatever slot is asked for', async () => {
    const folder = home();
    const { key } = await create(folder, 'file');
    const before = readFileSync(slotsIn(folder), 'utf8');
    for (const slot of ['file', 'passphrase', 'keychain'] as const)
      await expect(create(folder, slot, { passphrase })).rejects.toMatchObject({ kind: 'already_set_up' });
    expect(readFileSync(slotsIn(folder), 'utf8')).toBe(before);
    expect((await open(folder)).key).toEqual(key);
  });

  it('is never made where vault.json is missing beside a vault', async () => {
    const file = new VaultFile(home());
    await (await file.open()).close();
    await expect(create(file.folder, 'file')).rejects.toMatchObject({ kind: 'vault_incomplete' });
    expect(readdirSync(file.folder)).toEqual(['vault.db']);
  });

  it('of several that try at once is made by one, 20 times, and that one is what lies on disk', async () => {
    for (let round = 0; round < 20; round++) {
      const folder = home();
      const attempts = await Promise.allSettled(Array.from({ length: 4 }, () => create(folder, 'file')));
      const made = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
      expect(made).toHaveLength(1);
      for (const attempt of attempts)
        if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject({ kind: 'already_set_up' });
      expect(await open(folder)).toMatchObject(made[0] ?? {});
      expect(readdirSync(folder).sort()).toEqual(['vault.json', 'vault.key']);
    }
  });

  it('of two processes that try at once is made by one', async () => {
    const program = `
      import { createVaultKey } from ${JSON.stringify(path.join(import.meta.dirname, '../../../server/src/keys/slots.ts'))};
      process.stdin.once('data', () => createVaultKey({ home: process.argv[1], slot: 'file', keychain: null }).then(
        ({ key }) => console.log(key.toString('hex')), (error) => console.log(error.kind)).then(() => process.exit()));
      console.log('ready');`;
    const folder = home();
    const children = [1, 2].map(() =>
      spawn(process.execPath, ['--input-type=module-typescript', '-e', program, folder], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const outputs = await Promise.all(
      children.map(async (child) => {
        let output = '';
        child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
        await once(child.stdout, 'data');
        return () => output.split('\n')[1] ?? '';
      }),
    );
    const ended = children.map((child) => once(child, 'close'));
    for (const child of children) child.stdin.write('go\n');
    await Promise.all(ended);
    const key = (await open(folder)).key.toString('hex');
    expect(outputs.map((output) => output()).sort()).toEqual([key, 'already_set_up'].sort());
  });

  it('leaves nothing behind where there is no keychain', async () => {
    const folder = home();
    await expect(create(folder, 'keychain')).rejects.toMatchObject({ kind: 'no_keychain' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not made when the keychain forgets what was written to it', async () => {
    const folder = home();
    const forgets = {
      set: () => Promise.resolve(),
      get: () => Promise.resolve(null),
      delete: () => Promise.resolve(false),
    };
    await expect(create(folder, 'keychain', { keychain: forgets })).rejects.toThrow(/did not keep/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('vault.json', () => {
  it('is private and holds neither key nor passphrase', async () => {
    const folder = home();
    const { key } = await create(folder, 'passphrase', { passphrase });
    expect(modeOf(folder)).toBe('700');
    expect(modeOf(slotsIn(folder))).toBe('600');
    const text = readFileSync(slotsIn(folder), 'utf8');
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(text).not.toContain(key.toString(form).slice(0, 20));
    expect(text).not.toContain('correct');
  });

  it('of a newer format is refused and left as it is', async () => {
    const folder = home();
    await create(folder, 'file');
    edit(folder, (json) => (json.format = 2));
    const before = readFileSync(slotsIn(folder), 'utf8');
    for (const attempt of [
      () => open(folder),
      () => create(folder, 'file'),
      () => addPassphrase({ home: folder, key: Buffer.alloc(32), passphrase }),
    ])
      await expect(attempt()).rejects.toMatchObject({ kind: 'newer_vault', details: { format: 2, known: 1 } });
    expect(readFileSync(slotsIn(folder), 'utf8')).toBe(before);
  });

  it('keeps slots and fields that this release does not know', async () => {
    const folder = home();
    const { key } = await create(folder, 'file');
    const recovery = { kind: 'recovery', hint: 'on paper', wrapped: 'AAAA' };
    edit(folder, (json) => {
      json.slots.unshift(recovery);
      Object.assign(json, { note: 'of a later release' });
    });
    await addPassphrase({ home: folder, key, passphrase });
    expect((await KeySlots.load(folder))?.kinds).toEqual(['passphrase', 'file']);
    const json = JSON.parse(readFileSync(slotsIn(folder), 'utf8')) as { slots: unknown[] };
    expect(json).toMatchObject({ note: 'of a later release' });
    expect(json.slots).toContainEqual(recovery);
    expect((await open(folder, { passphrase })).key).toEqual(key);
  });

  it.each([
    ['no JSON', (file: string) => writeFileSync(file, '{"format": 1,'), 'integrity'],
    ['empty', (file: string) => writeFileSync(file, ''), 'integrity'],
    ['without an id', (file: string) => writeFileSync(file, '{"format":1,"slots":[]}'), 'integrity'],
    ['open to others', (file: string) => chmodSync(file, 0o644), 'bad_permissions'],
    ['in a folder that is open to others', (file: string) => chmodSync(path.dirname(file), 0o755), 'bad_permissions'],
  ])('that is %s is refused, and no vault is made over it', async (_, change, kind) => {
    const folder = home();
    await create(folder, 'file');
    change(slotsIn(folder));
    await expect(open(folder)).rejects.toMatchObject({ kind });
    await expect(create(folder, 'file')).rejects.toMatchObject({ kind });
  });

  it.each([
    ['the cost of guessing was lowered', (slot: { kdf: Record<string, unknown> }) => (slot.kdf['n'] = 2 ** 14)],
    [
      'the salt was changed',
      (slot: { kdf: Record<string, unknown> }) => (slot.kdf['salt'] = 'AAAAAAAAAAAAAAAAAAAAAA=='),
    ],
  ])('opens nothing when %s', async (_, change) => {
    const folder = home();
    await create(folder, 'passphrase', { passphrase });
    edit(folder, (json) => change(json.slots[0] as { kdf: Record<string, unknown> }));
    await expect(open(folder, { passphrase })).rejects.toMatchObject({ kind: 'wrong_passphrase' });
  });

  it('cannot make the program compute without end', async () => {
    const folder = home();
    await create(folder, 'passphrase', { passphrase });
    edit(folder, (json) => ((json.slots[0] as { kdf: { n: number } }).kdf.n = 2 ** 30));
    await expect(open(folder, { passphrase })).rejects.toMatchObject({ kind: 'integrity' });
  });

  it("does not open with another vault's slot of the same passphrase", async () => {
    const [one, two] = [home(), home()];
    await create(one, 'passphrase', { passphrase });
    await create(two, 'passphrase', { passphrase });
    const foreign = (JSON.parse(readFileSync(slotsIn(two), 'utf8')) as { slots: Record<string, unknown>[] }).slots;
    edit(one, (json) => (json.slots = foreign));
    await expect(open(one, { passphrase })).rejects.toMatchObject({ kind: 'wrong_passphrase' });
  });

  it('that is missing means that there is no vault yet', async () => {
    await expect(open(home())).rejects.toMatchObject({ kind: 'setup_needed' });
  });
});

describe('slots of format 1 (frozen: vaults on disk depend on them)', () => {
  const KEY = '6b30fd7570ef607084abc078044ab01ee723b05102ef23d3673ae0cc6576d7ac';
  const SLOT_SECRET = '3c033e7f0245972053e358c0803e08fd049c9733b188584fdeb6cf6ef5a5498e';
  const WRITTEN = {
    format: 1,
    id: 'ce6925a068c8f0f3f388aeb795ff3236',
    slots: [
      { kind: 'keychain', wrapped: 'AdU42EfvTPvmY79sbrE+J1t/Gw7pUbXHlcgS8qBzoc6k02ZRnenliZ4SD6Qk24g5ysx6JtZ/L3gF6Q+BUg==' },
      { kind: 'file', path: '/mnt/keys/vault.key', wrapped: 'AQdhX5pwAFTCAhct05GjOn55Vr9dR4OUmIXARYPw2yCp4gOotvg0QZD3b7glZ8Xa1yqwSnxWDn98a35FBQ==' },
      { kind: 'passphrase', kdf: { name: 'scrypt', n: 131072, r: 8, p: 1, salt: 'f4d6SSFQfytlNktdY4hJiA==' }, wrapped: 'AW29DBmQ2hkFudYYus5n2LYv4+7WLdpeLRdZXw4sDZH3BjS3wuWRxnkXTQqPoA8oVCXNVF0z1JywjHM9yA==' },
    ],
  }; // prettier-ignore

  it('open to the same key', async () => {
    const folder = home();
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(slotsIn(folder), JSON.stringify(WRITTEN), { mode: 0o600 });
    const keyFile = path.join(folder, 'elsewhere.key');
    writeFileSync(keyFile, SLOT_SECRET, { mode: 0o600 });
    const holds = {
      get: () => Promise.resolve(SLOT_SECRET),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(true),
    };
    const keys = [
      await open(folder, { passphrase }),
      await open(folder, { keyFile }),
      await open(folder, { slot: 'keychain', keychain: holds }),
    ];
    expect(keys.map(({ openedBy, key }) => [openedBy, key.toString('hex')])).toEqual([
      ['passphrase', KEY],
      ['file', KEY],
      ['keychain', KEY],
    ]);
  });
});
