import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SecretValue, type AuditEntry, type Secret, type ServiceClient } from '@datalayer-secrets/shared';
import { RefusedReads } from '../../../server/src/service/refused-reads.ts';
import { Home } from '../../fixtures/service.ts';
import { secret, VaultFile } from '../../fixtures/vault.ts';

async function withSecret(): Promise<{ home: Home; client: ServiceClient; stored: Secret }> {
  const home = new Home();
  onTestFinished(() => home.dispose());
  const client = await home.client('the owner');
  await client.setup({ slot: 'file' });
  const value = new SecretValue('a value');
  return { home, client, stored: await client.secrets('local').create({ name: 'A', description: '', type: 'key', value }) };
} // prettier-ignore

const refused = (events: readonly AuditEntry[]) => events.filter(({ outcome }) => outcome === 'refused');

describe('who asks for a value with a token that may not', () => {
  it('is in the audit trail, with the secret asked for', async () => {
    const { home, client, stored } = await withSecret();
    const page = (await home.client('a page', 'page')).secrets('local');
    await expect(page.reveal(stored)).rejects.toMatchObject({ kind: 'forbidden' });
    await client.lock();
    await client.unlock({ interactive: true });
    const seen = { label: 'a page', scope: 'page', action: 'reveal', uid: stored.uid, name: 'A', detail: 'forbidden' };
    expect(refused(await client.audit('local'))).toEqual([expect.objectContaining(seen)]);
    expect(await client.verifyAudit('local')).toBeNull();
  });

  it('is there once, with a count, however often it asks, by whatever way', async () => {
    const { home, client, stored } = await withSecret();
    const { origin, token } = await home.running('a page', 'page');
    const ask = (path: string, method = 'GET') =>
      fetch(`${origin}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(method === 'PUT' && { body: JSON.stringify({ value: 'a guess' }) }),
      }).then(({ status }) => status);
    const one = `/api/iam/v1/secrets/${stored.uid}`;
    expect(await ask(one, 'PUT')).toBe(403);
    const ways = [one, '/api/iam/v1/secrets/values', `/vaults/local${one}`, '/api/iam/v1/secrets/%00', `/vaults/r-1${one}`];
    for (let round = 0; round < 20; round++) {
      expect(await Promise.all(ways.map((way) => ask(way)))).toEqual(ways.map(() => 403));
    }
    await client.lock();
    await client.unlock({ interactive: true });
    const events = refused(await client.audit('local'));
    expect(events.map(({ uid, detail }) => [uid, detail])).toEqual([
      [null, expect.stringMatching(/^forbidden 100 times more since 2\S+Z$/)],
      [stored.uid, 'forbidden'],
    ]);
  }); // prettier-ignore

  it('is refused also where the trail cannot be written', async () => {
    const { home, stored } = await withSecret();
    const db = new DatabaseSync(home.places.vaultDb);
    db.exec("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END");
    db.close();
    const page = (await home.client('a page', 'page')).secrets('local');
    await expect(page.reveal(stored)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('fills the trail by two events a minute at most', async () => {
    const vault = await new VaultFile().open();
    const { uid } = await vault.create({ label: 'the owner', scope: 'full' }, secret('A'));
    let now = Date.UTC(2026, 0, 1);
    const reads = new RefusedReads(vault, () => now);
    const page = { label: 'a page', scope: 'page' } as const;
    for (let second = 0; second < 600; second++, now += 1_000) reads.add(page, { uid });
    reads.add({ ...page }, { remote: 'r-00000000', uid: 'theirs' }); // another token is another one who asks
    reads.flush();
    await vault.list({ label: 'the owner', scope: 'full' }); // behind what nobody waits for
    const events = (await vault.audit({ limit: 100 })).filter(({ outcome }) => outcome === 'refused').reverse();
    // Each minute one attempt of its own, and the count of those before it.
    expect(events.filter(({ detail }) => detail === 'forbidden')).toHaveLength(10);
    const counted = events.filter(({ detail }) => detail?.startsWith('forbidden 59 times more since') === true);
    expect(counted).toHaveLength(10);
    expect(events.filter(({ action }) => action === 'remote_reveal')).toEqual([
      expect.objectContaining({ uid: 'theirs', name: null, detail: 'r-00000000 forbidden' }),
    ]);
    expect(await vault.verify()).toBeNull();
  });
});

describe('wrong passphrases', () => {
  it('are one event at the next unlock, with their number and times, also after the service has ended', async () => {
    const home = new Home();
    onTestFinished(() => home.dispose());
    const client = await home.client('the owner');
    await client.setup({ slot: 'passphrase', passphrase: new SecretValue('right') });
    await client.lock();
    const before = new Date().toISOString();
    const guess = async (page: ServiceClient) => {
      const guessed = page.unlock({ slot: 'passphrase', passphrase: new SecretValue('a guess'), interactive: true });
      await expect(guessed).rejects.toMatchObject({ kind: 'wrong_passphrase' });
    };
    await guess(client);
    await guess(await home.client('a page', 'page'));
    await home.run(['stop']);
    expect(readFileSync(home.places.wrongPassphrases, 'utf8')).not.toContain('guess');
    await guess(await home.client('a page', 'page'));
    expect((await home.run(['unlock'], { input: 'right\n' })).code).toBe(0);
    const again = await home.client('the owner');
    const [opened, wrong] = await again.audit('local');
    expect(opened).toMatchObject({ action: 'unlock', outcome: 'ok' });
    expect(wrong).toMatchObject({ action: 'unlock', outcome: 'refused', label: 'a page', scope: 'page', uid: null });
    const [, first = '', last = ''] = /^wrong_passphrase 3 times from (\S+) to (\S+)$/.exec(wrong?.detail ?? '') ?? [];
    expect([before, first, last, new Date().toISOString()]).toEqual([before, first, last, new Date().toISOString()].sort());
    expect(first).not.toBe(last);
    expect(existsSync(home.places.wrongPassphrases)).toBe(false);

    await again.lock();
    await again.unlock({ slot: 'passphrase', passphrase: new SecretValue('right'), interactive: true });
    expect(refused(await again.audit('local'))).toHaveLength(1);
    expect(await again.verifyAudit('local')).toBeNull();
  }); // prettier-ignore
});
