import { describe, expect, it } from 'vitest';
import { MAX_VALUE_BYTES, SecretsError } from '../../../shared/src/index.ts';
import type { Vault } from '../../../server/src/vault/types.ts';
import { BY, fill, secret, valueOf, VaultFile } from '../../fixtures/vault.ts';

const kindOf = (error: unknown) => (error instanceof SecretsError ? error.kind : String(error));
const refusal = (work: Promise<unknown>) => work.then(() => 'done', kindOf);
const names = async (vault: Vault) => (await vault.list(BY)).map(({ name }) => name);

describe('values', () => {
  const ODD: Record<string, Buffer> = {
    'an empty value': Buffer.alloc(0),
    'text with emoji, CRLF and NUL': Buffer.from('🔐\r\n\0ende'),
    'bytes that are no text': Buffer.from([0xff, 0xfe, 0, 0x80]),
    'a PEM': Buffer.from(`-----BEGIN KEY-----\n${'A'.repeat(64)}\n-----END KEY-----\n`),
    'as many bytes as are allowed': Buffer.alloc(MAX_VALUE_BYTES, '🔐'),
  };
  it.each(Object.entries(ODD))('%s comes back byte for byte, also after the vault was closed', async (_, value) => {
    const file = new VaultFile();
    const vault = await file.open();
    const { uid } = await vault.create(BY, secret('A', value));
    expect((await vault.reveal(BY, uid)).value.equals(value)).toBe(true);
    await vault.close();
    expect((await (await file.open()).reveal(BY, uid)).value.equals(value)).toBe(true);
  });

  it('one byte too long is refused, with both numbers, and nothing is kept', async () => {
    const vault = await new VaultFile().open();
    const [existing] = await fill(vault, 'A');
    for (const attempt of [
      vault.create(BY, secret('B', Buffer.alloc(MAX_VALUE_BYTES + 1))),
      vault.replace(BY, existing?.uid ?? '', Buffer.alloc(MAX_VALUE_BYTES + 1)),
    ]) {
      await expect(attempt).rejects.toMatchObject({ kind: 'too_large', details: { bytes: 65_537, limit: 65_536 } });
      await expect(attempt).rejects.toThrow(/65537.*65536/);
    }
    expect(await names(vault)).toEqual(['A']);
  });

  it('are wiped from the buffers that brought them, also when they are refused', async () => {
    const vault = await new VaultFile().open();
    const [first, twice, replaced] = [secret('A'), secret('A'), Buffer.from('new')];
    const { uid } = await vault.create(BY, first);
    await refusal(vault.create(BY, twice));
    await vault.replace(BY, uid, replaced);
    for (const buffer of [first.value, twice.value, replaced]) expect(buffer.every((byte) => byte === 0)).toBe(true);
  });

  it('can be compared without being revealed', async () => {
    const vault = await new VaultFile().open();
    const { uid } = await vault.create(BY, secret('A', 'right'));
    expect(await vault.hasValue(uid, Buffer.from('right'))).toBe(true);
    expect(await vault.hasValue(uid, Buffer.from('wrong'))).toBe(false);
    expect(await vault.hasValue(uid, Buffer.from('rightly'))).toBe(false);
    expect(await refusal(vault.hasValue('unknown', Buffer.from('x')))).toBe('not_found');
    expect((await vault.audit({ limit: 10 })).map(({ action }) => action)).toEqual(['create']);
  });
});

describe('names', () => {
  it.each([
    ['none', ''],
    ['256 characters', 'x'.repeat(256)],
    ['a line break', 'a\nb'],
    ['half a character', 'a\ud800'],
  ])('%s are refused, when making and when renaming', async (_, name) => {
    const vault = await new VaultFile().open();
    const [existing] = await fill(vault, 'A');
    expect(await refusal(vault.create(BY, secret(name)))).toBe('invalid');
    expect(await refusal(vault.update(BY, existing?.uid ?? '', { name }))).toBe('invalid');
    expect(await names(vault)).toEqual(['A']);
  });

  it('of 255 characters outside of ASCII are fine', async () => {
    const vault = await new VaultFile().open();
    const name = '🔑'.repeat(255);
    await vault.create(BY, secret(name));
    expect(await names(vault)).toEqual([name]);
  });

  it('are unique: a second one is a conflict, also within one transaction, and the first keeps its value', async () => {
    const vault = await new VaultFile().open();
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, i) => refusal(vault.create(BY, secret('A', `${i}`)))),
    );
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(15);
    const [only] = await vault.list(BY);
    expect(await valueOf(vault, only?.uid ?? '')).toBe(`${outcomes.indexOf('done')}`);
  });

  it('become free with a rename or a deletion, and a rename to a taken one is a conflict', async () => {
    const vault = await new VaultFile().open();
    const [a, b] = await fill(vault, 'AB');
    expect(await refusal(vault.update(BY, a?.uid ?? '', { name: 'B' }))).toBe('conflict');
    await vault.update(BY, a?.uid ?? '', { name: 'C' });
    await vault.create(BY, secret('A'));
    await vault.delete(BY, b?.uid ?? '');
    await vault.create(BY, secret('B'));
    expect(await names(vault)).toEqual(['C', 'A', 'B']);
  });
});

describe('update', () => {
  it('changes what it was told and nothing else; the value stays, its bytes on disk too', async () => {
    const file = new VaultFile();
    let time = 1_800_000_000_000;
    const vault = await file.open({ now: () => time });
    const before = await vault.create(BY, secret('A', 'kept'));
    const bytes = () => file.sql((db) => db.prepare('SELECT dek, value FROM secret_values').get());
    const stored = bytes();
    time += 60_000;
    expect(await vault.update(BY, before.uid, { description: 'new' })).toEqual({
      ...before,
      description: 'new',
      updatedAt: new Date(time).toISOString(),
    });
    expect(await valueOf(vault, before.uid)).toBe('kept');
    expect(bytes()).toEqual(stored);
  });

  it('refuses a description or a type that could not be shown', async () => {
    const vault = await new VaultFile().open();
    const [a] = await fill(vault, 'A');
    expect(await refusal(vault.update(BY, a?.uid ?? '', { description: 'x'.repeat(4097) }))).toBe('invalid');
    expect(await refusal(vault.update(BY, a?.uid ?? '', { type: 'Not a type' }))).toBe('invalid');
    expect(await vault.list(BY)).toEqual([a]);
  });
});

describe('replace', () => {
  it('is a new secret in the place of the old: new uid, same name, description and type; the old one is gone', async () => {
    const vault = await new VaultFile().open();
    const [old] = await fill(vault, 'A');
    const secret = await vault.replace(BY, old?.uid ?? '', Buffer.from('second'));
    expect(secret).toMatchObject({ name: 'A', description: 'about A', type: 'key' });
    expect(secret.uid > (old?.uid ?? '')).toBe(true);
    expect(await vault.list(BY)).toEqual([secret]);
    expect(await valueOf(vault, secret.uid)).toBe('second');
    expect(await refusal(vault.reveal(BY, old?.uid ?? ''))).toBe('not_found');
  });

  it('of one secret by two at once happens once', async () => {
    const vault = await new VaultFile().open();
    const [old] = await fill(vault, 'A');
    const outcomes = await Promise.all(
      ['x', 'y'].map((value) => refusal(vault.replace(BY, old?.uid ?? '', Buffer.from(value)))),
    );
    expect(outcomes).toEqual(['done', 'not_found']);
  });
});

describe('the audit trail', () => {
  it('has one event for each effect, list, reveal and refusal, newest first, without gaps', async () => {
    const vault = await new VaultFile().open();
    const { uid } = await vault.create(BY, secret('A'));
    await refusal(vault.create(BY, secret('A')));
    await vault.list({ label: 'a page', scope: 'page' });
    await vault.reveal(BY, uid);
    await vault.update(BY, uid, { name: 'B' });
    const { uid: replaced } = await vault.replace(BY, uid, Buffer.from('new'));
    await refusal(vault.reveal(BY, uid));
    await vault.delete(BY, replaced);
    await vault.record(BY, { action: 'remote_reveal', uid: 'r1', name: 'REMOTE', outcome: 'intent' });
    const events = (await vault.audit({ limit: 100 })).reverse();
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(events.map(({ action, uid, name, outcome, detail }) => [action, uid, name, outcome, detail])).toEqual([
      ['create', uid, 'A', 'ok', null],
      ['create', null, 'A', 'refused', 'conflict'],
      ['list', null, null, 'ok', '1'],
      ['reveal', uid, 'A', 'ok', null],
      ['update', uid, 'B', 'ok', null],
      ['replace', replaced, 'B', 'ok', uid],
      ['reveal', uid, null, 'refused', 'not_found'],
      ['delete', replaced, 'B', 'ok', null],
      ['remote_reveal', 'r1', 'REMOTE', 'intent', null],
    ]);
    expect(events[2]).toMatchObject({ label: 'a page', scope: 'page' });
    expect(await vault.audit({ limit: 2, before: 4 })).toEqual([events[2], events[1]]);
    expect(await vault.verify()).toBeNull();
  });

  it('has a reveal for each value of all', async () => {
    const vault = await new VaultFile().open();
    await fill(vault, 'ABC');
    const revealed = await vault.revealAll(BY);
    expect(revealed.map(({ record, value }) => [record.name, value.toString()])).toEqual([
      ['A', 'value of A'],
      ['B', 'value of B'],
      ['C', 'value of C'],
    ]);
    expect((await vault.audit({ limit: 3 })).map(({ action, name }) => [action, name])).toEqual([
      ['reveal', 'C'],
      ['reveal', 'B'],
      ['reveal', 'A'],
    ]);
  });

  it('keeps out of the event what was asked for when it cannot be a uid', async () => {
    const vault = await new VaultFile().open();
    expect(await refusal(vault.reveal(BY, 'x'.repeat(65)))).toBe('not_found');
    expect(await vault.audit({ limit: 1 })).toMatchObject([{ action: 'reveal', uid: null, outcome: 'refused' }]);
  });

  it('goes on where it was when the vault is opened again', async () => {
    const file = new VaultFile();
    const first = await file.open();
    await fill(first, 'AB');
    await first.close();
    const second = await file.open();
    await second.list(BY);
    expect((await second.audit({ limit: 9 })).map(({ seq }) => seq)).toEqual([3, 2, 1]);
    expect(await second.verify()).toBeNull();
  });
});

describe('changes', () => {
  it('are told once for each commit, with a revision that grows, over restarts too; reading is no change', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    const revisions: number[] = [];
    const stop = vault.onChange(() => revisions.push(vault.revision));
    const [a] = await fill(vault, 'ABC');
    expect(revisions).toHaveLength(1);
    await vault.list(BY);
    await refusal(vault.create(BY, secret('A')));
    expect(revisions).toHaveLength(1);
    await vault.delete(BY, a?.uid ?? '');
    expect(revisions).toHaveLength(2);
    expect(revisions[1]).toBeGreaterThan(revisions[0] ?? Infinity);
    stop();
    await vault.create(BY, secret('D'));
    expect(revisions).toHaveLength(2);
    const { revision } = vault;
    await vault.close();
    expect((await file.open()).revision).toBeGreaterThanOrEqual(revision);
  });
});

describe('what is sealed for the service', () => {
  it('comes back, is not listed, and is gone when told', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    await vault.seal('token of x', Buffer.from('t-1'));
    await vault.seal('token of x', Buffer.from('t-2'));
    expect(String(await vault.sealed('token of x'))).toBe('t-2');
    expect(await vault.sealed('token of y')).toBeNull();
    expect(await vault.list(BY)).toEqual([]);
    await vault.close();
    const again = await file.open();
    expect(String(await again.sealed('token of x'))).toBe('t-2');
    await again.seal('token of x', null);
    expect(await again.sealed('token of x')).toBeNull();
  });

  it('does not open under another name', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    await vault.seal('x', Buffer.from('t-x'));
    await vault.seal('y', Buffer.from('t-y'));
    file.sql((db) => db.exec('UPDATE sealed SET content = (SELECT content FROM sealed ORDER BY tag LIMIT 1)'));
    const outcomes = await Promise.all(['x', 'y'].map((name) => refusal(vault.sealed(name))));
    expect(outcomes.sort()).toEqual(['done', 'integrity']);
  });
});

describe('a closed vault', () => {
  it('answers locked to everything, after it finished what was asked before', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    const creating = fill(vault, 'ABC');
    await vault.close();
    const [a] = await creating;
    for (const attempt of [
      vault.list(BY),
      vault.create(BY, secret('D')),
      vault.reveal(BY, a?.uid ?? ''),
      vault.hasValue(a?.uid ?? '', Buffer.alloc(1)),
      vault.audit({ limit: 1 }),
      vault.verify(),
      vault.sealed('x'),
      vault.seal('x', null),
    ])
      expect(await refusal(attempt)).toBe('locked');
    expect(await names(await file.open())).toEqual(['A', 'B', 'C']);
  });
});

describe('many secrets', () => {
  it('are listed and opened again in the order in which they were made', async () => {
    const file = new VaultFile();
    const vault = await file.open();
    const expected = Array.from({ length: 2000 }, (_, i) => `S_${i}`);
    await Promise.all(expected.map((name) => vault.create(BY, secret(name))));
    expect(await names(vault)).toEqual(expected);
    await vault.close();
    const again = await file.open();
    expect(await names(again)).toEqual(expected);
    expect(await again.verify()).toBeNull();
  });

  it('at once beyond what can wait are told to try again, and the others are served', async () => {
    const vault = await new VaultFile().open();
    const outcomes = await Promise.all(Array.from({ length: 3000 }, () => refusal(vault.list(BY))));
    expect(new Set(outcomes)).toEqual(new Set(['done', 'busy']));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(2048);
    expect(await refusal(vault.list(BY))).toBe('done');
  });
});
