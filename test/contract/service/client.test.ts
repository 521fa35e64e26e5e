import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretsClient, SecretValue, type ServiceClient } from '@datalayer-secrets/shared';
import { createLoopbackFetch } from '@datalayer-secrets/loopback';
import { Home, until } from '../../fixtures/service.ts';

const PASSPHRASE = new SecretValue('correct horse battery staple');
const value = (text: string) => new SecretValue(text);
const secret = (name: string, text = 'a value') => ({
  name,
  description: 'for a test',
  type: 'key',
  value: value(text),
});

describe('our client and a real service', () => {
  const home = new Home();
  let service: ServiceClient;
  beforeAll(async () => void (service = await home.client('VS Code')));
  afterAll(() => home.dispose());

  it('begin with no vault, and say so', async () => {
    expect(await service.status()).toMatchObject({
      state: 'new',
      slots: [],
      openedBy: null,
      protocol: 1,
      pid: home.pid,
    });
    await expect(service.secrets('local').list()).rejects.toMatchObject({ kind: 'setup_needed' });
    await expect(service.unlock({ interactive: true })).rejects.toMatchObject({ kind: 'setup_needed' });
    expect(await service.vaults()).toMatchObject({ vaults: [{ id: 'local', kind: 'local', state: 'new' }] });
  });

  it('set up by passphrase, once', async () => {
    const status = await service.setup({ slot: 'passphrase', passphrase: PASSPHRASE });
    expect(status).toMatchObject({ state: 'open', slots: ['passphrase'], openedBy: 'passphrase', quietUnlock: false });
    await expect(service.setup({ slot: 'passphrase', passphrase: value('other') })).rejects.toMatchObject({
      kind: 'already_set_up',
    });
  });

  it('create, list, change, replace and delete', async () => {
    const secrets = service.secrets('local');
    const made = await secrets.create(secret('LIFE_CYCLE'));
    expect(await secrets.list()).toEqual([made]);
    expect(made).toMatchObject({ name: 'LIFE_CYCLE', description: 'for a test', type: 'key' });
    const renamed = await secrets.update(made, { name: 'RENAMED', description: 'other' });
    expect(renamed).toMatchObject({ uid: made.uid, name: 'RENAMED', description: 'other', type: 'key' });
    const replaced = await secrets.replaceValue(renamed, value('new value'));
    expect((await secrets.reveal(replaced)).expose()).toBe('new value');
    await secrets.delete(replaced);
    expect(await secrets.list()).toEqual([]);
    await expect(secrets.reveal(replaced)).rejects.toMatchObject({ kind: 'not_found' });
  });

  it.each([
    ['emoji and combining letters', '🔑 e\u0301 \u202e'],
    ['CRLF and trailing blanks', 'a\r\nb \r\n'],
    ['NUL', 'a\0b'],
    ['a PEM', `-----BEGIN PRIVATE KEY-----\n${'QUJD\n'.repeat(40)}-----END PRIVATE KEY-----\n`],
    ['JSON', '{"a":[1,"\\u0000"],"__proto__":{}}'],
    ['nothing', ''],
    ['65,536 bytes', '😀'.repeat(16_384)],
  ])('keep %s byte by byte, in both encodings', async (name, text) => {
    const { origin, token } = await home.running();
    const fetch = createLoopbackFetch({ port: Number(new URL(origin).port), token });
    for (const valueEncoding of ['plain', 'base64'] as const) {
      const secrets = new SecretsClient({ origin: `${origin}/vaults/local`, token, fetch, valueEncoding });
      const made = await secrets.create(secret(`${name} ${valueEncoding}`, text));
      expect((await secrets.reveal(made)).expose()).toBe(text);
      expect((await service.secrets('local').reveal(made)).expose()).toBe(text);
    }
    fetch.close();
  });

  it('refuse 65,537 bytes with the numbers, wherever they are counted', async () => {
    const tooLarge = 'x'.repeat(65_537);
    await expect(service.secrets('local').create(secret('LARGE', tooLarge))).rejects.toMatchObject({
      kind: 'too_large', details: { bytes: 65_537, limit: 65_536 },
    }); // prettier-ignore
    const { origin, token } = await home.running();
    const response = await fetch(`${origin}/api/iam/v1/secrets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'sec-fetch-site': 'none' },
      body: JSON.stringify({ name: 'LARGE', value: tooLarge }),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'too_large', details: { bytes: 65_537, limit: 65_536 } });
  });

  it('a second window sees a change of the first within 2 seconds', async () => {
    const second = await home.client('second window');
    const ending = new AbortController();
    const seen: { vault: string; revision: number }[] = [];
    const reading = (async () => {
      for await (const change of second.changes({ signal: ending.signal })) seen.push(change);
    })();
    await until('the present revision', () => seen.length === 1);
    const start = performance.now();
    await service.secrets('local').create(secret('SEEN_BY_ALL'));
    await until('the change', () => seen.length === 2, 2_000);
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(Object.keys(seen[1] ?? {})).toEqual(['vault', 'revision']);
    expect(seen[1]?.revision).toBeGreaterThan(seen[0]?.revision ?? 0);
    ending.abort();
    await reading;
  });

  it('a reloaded window gets another token and finds the vault open', async () => {
    const again = await home.client('VS Code');
    expect((await again.status()).state).toBe('open');
    expect((await again.secrets('local').list()).length).toBeGreaterThan(0);
  });

  it('a page cannot reveal, a kernel only reveals', async () => {
    const [page, kernel] = [await home.client('a page', 'page'), await home.client('a kernel', 'kernel')];
    const made = await page.secrets('local').create(secret('MADE_BY_PAGE'));
    await expect(page.secrets('local').reveal(made)).rejects.toMatchObject({ kind: 'forbidden' });
    expect((await kernel.secrets('local').reveal(made)).expose()).toBe('a value');
    await expect(kernel.secrets('local').delete(made)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(page.stop()).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('the audit trail names who did what, and is whole', async () => {
    const [newest] = await service.audit('local', { limit: 1 });
    expect(newest).toMatchObject({
      label: 'a kernel',
      scope: 'kernel',
      action: 'reveal',
      name: 'MADE_BY_PAGE',
      outcome: 'ok',
    });
    expect(await service.verifyAudit('local')).toBeNull();
  });

  it('lock and unlock; a wrong passphrase says so', async () => {
    expect(await service.lock()).toMatchObject({ state: 'locked', openedBy: null });
    await expect(service.secrets('local').list()).rejects.toMatchObject({ kind: 'locked' });
    await expect(service.unlock({ interactive: false })).rejects.toMatchObject({ kind: 'locked' });
    await expect(service.unlock({ passphrase: value('wrong'), interactive: true })).rejects.toMatchObject({
      kind: 'wrong_passphrase',
    });
    expect(await service.unlock({ passphrase: PASSPHRASE, interactive: true })).toMatchObject({
      state: 'open',
      openedBy: 'passphrase',
    });
  });

  it('a passphrase can be changed while the vault is open', async () => {
    await service.setPassphrase(value('another one'));
    await service.lock();
    await expect(service.unlock({ passphrase: PASSPHRASE, interactive: true })).rejects.toMatchObject({
      kind: 'wrong_passphrase',
    });
    await service.unlock({ passphrase: value('another one'), interactive: true });
  });

  it('stop ends the process; the next start finds everything under the same address', async () => {
    const [{ origin }, pid] = [await home.running(), home.pid];
    expect(await service.stop()).toBe(true);
    await until('the end', () => !isRunning(pid));
    const next = await home.client('VS Code');
    expect((await home.running()).origin).toBe(origin);
    expect(home.pid).not.toBe(pid);
    await next.unlock({ passphrase: value('another one'), interactive: true });
    expect((await next.secrets('local').list()).map(({ name }) => name)).toContain('SEEN_BY_ALL');
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
