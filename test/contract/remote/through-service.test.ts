import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretValue, type ServiceClient } from '@datalayer-secrets/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDatalayerService, type DatalayerService } from '../../fixtures/datalayer-service.ts';
import { Home, until } from '../../fixtures/service.ts';

// The service at the other end is test/fixtures/datalayer-service.ts: answers written from the protocol notes.

const VALUE = 'canary-value vàl✓\r\n"quoted" 🔑\n';

/** The whole way: client, service as a process of its own on a machine without keychain, remote service. */
describe('a remote vault through the service', () => {
  let datalayer: DatalayerService;
  let home: Home;
  let service: ServiceClient;

  beforeEach(async () => {
    datalayer = await startDatalayerService();
    home = new Home({
      DATALAYER_IAM_URL: datalayer.origin,
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
    });
    service = await home.client();
  });
  afterEach(async () => {
    home.dispose();
    await datalayer.close();
  });

  const signIn = () => service.signIn({ token: new SecretValue(datalayer.token) });
  const remote = async () => (await service.vaults()).vaults.find(({ id }) => id === 'datalayer');

  it('does the main job while there is no local vault, whose state stays new', async () => {
    expect(await service.signIn({ token: new SecretValue(datalayer.token), check: true })).toMatchObject({
      vault: null,
    });
    const { vault, account } = await signIn();
    expect(vault).toMatchObject({ id: 'datalayer', state: 'ready', tokenPlace: 'nowhere', origin: datalayer.origin });
    expect(account).toEqual({ uid: 'uid-ada', handle: 'ada', email: 'ada@example.com' });
    const secrets = service.secrets('datalayer');
    await secrets.create({ name: 'KEY', description: 'mine', type: 'key', value: new SecretValue(VALUE) });
    const [listed] = await secrets.list();
    expect(listed).toMatchObject({ name: 'KEY', description: 'mine', type: 'key' });
    if (!listed) throw new Error('nothing is listed');
    expect((await secrets.reveal(listed)).expose()).toBe(VALUE);
    await secrets.update(listed, { description: 'ours' });
    const replaced = await secrets.replaceValue(listed, new SecretValue('canary-value 2'));
    expect((await secrets.reveal(replaced)).expose()).toBe('canary-value 2');
    await secrets.delete(replaced);
    expect(datalayer.secrets.size).toBe(0);
    expect(await secrets.whoami()).toMatchObject({ handle: 'ada' });
    expect((await service.status()).state).toBe('new');
  });

  it('leaves neither token nor value in any file, sealed or not', async () => {
    await signIn();
    await service.setup({ slot: 'passphrase', passphrase: new SecretValue('a passphrase for tests') });
    expect(await remote()).toMatchObject({ tokenPlace: 'sealed' });
    const secrets = service.secrets('datalayer');
    const made = await secrets.create({ name: 'KEY', description: '', type: 'key', value: new SecretValue(VALUE) });
    await secrets.reveal(made);
    const files = readdirSync(home.folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    const contents = files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1')).join('\n');
    expect(contents).toContain(datalayer.origin);
    for (const canary of [datalayer.token, 'canary-value']) {
      expect(contents).not.toContain(canary);
      expect(contents).not.toContain(Buffer.from(canary).toString('base64').slice(0, -4));
    }
  });

  it('is locked and unlocked with the local vault that holds its token, and its reveals are recorded there', async () => {
    await signIn();
    await service.setup({ slot: 'passphrase', passphrase: new SecretValue('a passphrase for tests') });
    const secrets = service.secrets('datalayer');
    datalayer.add({ name: 'KEY', value: VALUE });
    const [listed] = await secrets.list();
    await service.lock();
    expect(await remote()).toMatchObject({ state: 'locked' });
    await expect(secrets.list()).rejects.toMatchObject({ kind: 'locked' });
    await service.unlock({ passphrase: new SecretValue('a passphrase for tests'), interactive: true });
    expect((await secrets.reveal(listed?.uid ?? '')).expose()).toBe(VALUE);
    const events = await service.audit('local', { limit: 10 });
    expect(
      events.filter(({ action }) => action === 'remote_reveal').map(({ name, outcome }) => [name, outcome]),
    ).toEqual([
      ['KEY', 'ok'],
      ['KEY', 'intent'],
    ]);
  });

  it('tells its changes to every client', async () => {
    await signIn();
    const stop = new AbortController();
    const seen: number[] = [];
    const other = await home.client('another editor');
    const watching = (async () => {
      for await (const { vault, revision } of other.changes({ signal: stop.signal }))
        if (vault === 'datalayer') seen.push(revision);
    })().catch(() => undefined);
    await until('the present revision', () => seen.length > 0);
    const before = seen.length;
    await service
      .secrets('datalayer')
      .create({ name: 'KEY', description: '', type: 'key', value: new SecretValue('v') });
    await until('the change', () => seen.length > before);
    expect(seen.at(-1)).toBeGreaterThan(seen[0] ?? Number.NaN);
    stop.abort();
    await watching;
  });

  it('whose token is refused is signed out, and the client knows that it is the remote one, not itself', async () => {
    await signIn();
    datalayer.revoke(datalayer.token);
    await expect(service.secrets('datalayer').list()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(await remote()).toMatchObject({ state: 'signed-out', failure: 'unauthenticated' });
    expect((await service.status()).state).toBe('new');
    await service.signIn({ token: new SecretValue(datalayer.addAccount('ada')) });
    expect(await service.secrets('datalayer').list()).toEqual([]);
    await service.signOut('datalayer');
    expect(await remote()).toBeUndefined();
  });

  it('can be signed in to by no page that names the address', async () => {
    const page = await home.client('a page', 'page');
    const elsewhere = { token: new SecretValue(datalayer.token), origin: datalayer.origin };
    await expect(page.signIn(elsewhere)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(datalayer.requests).toEqual([]);
  });
});
