import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretValue } from '@datalayer-secrets/shared';
import { readRunFile } from '../../../server/src/service/run-file.ts';
import { keyringMissing, startKeyring, type Keyring } from '../../fixtures/keyring.ts';
import { Home, until } from '../../fixtures/service.ts';

describe.skipIf(keyringMissing() !== null)('a service with a real keyring', () => {
  let keyring: Keyring;
  let home: Home;
  beforeEach(async () => {
    keyring = await startKeyring();
    home = new Home(keyring.env);
  });
  afterEach(async () => {
    home.dispose();
    await keyring.stop();
  });
  const gone = () => until('the end', () => readRunFile(home.places) === null);

  it('sets up with one request, and opens without a question from then on', async () => {
    const client = await home.client();
    expect(await client.status()).toMatchObject({ state: 'new', keychain: 'available', quietUnlock: false });
    expect(await client.setup({ slot: 'keychain' })).toMatchObject({ state: 'open', openedBy: 'keychain' });
    await client.secrets('local').create({ name: 'N', description: '', type: 'key', value: new SecretValue('v') });
    await client.stop();
    await gone();
    expect(await home.ensure('L', 'full', '--no-start')).toEqual({ state: 'none', used: true, quiet: true });
    const second = await home.client();
    expect(await second.status()).toMatchObject({ state: 'locked', quietUnlock: true });
    expect(await second.unlock({ interactive: false })).toMatchObject({ state: 'open', openedBy: 'keychain' });
    expect(await second.secrets('local').list()).toHaveLength(1);
  });

  it('says that the keyring is locked, and is not quiet any more', async () => {
    const client = await home.client();
    await client.setup({ slot: 'keychain' });
    await client.stop();
    await gone();
    await keyring.lock();
    const second = await home.client();
    await expect(second.unlock({ interactive: false })).rejects.toMatchObject({ kind: 'keychain_locked' });
    expect((await second.status()).quietUnlock).toBe(false);
    await expect(second.unlock({ interactive: false })).rejects.toMatchObject({ kind: 'locked' });
  });

  it('stays locked after the user has locked, also in a new service, until a click', async () => {
    const client = await home.client();
    await client.setup({ slot: 'keychain' });
    expect(await client.lock()).toMatchObject({ state: 'locked', quietUnlock: false });
    await expect(client.unlock({ interactive: false })).rejects.toMatchObject({ kind: 'locked' });
    await client.stop();
    await gone();
    expect(await home.ensure('L', 'full', '--no-start')).toEqual({ state: 'none', used: true, quiet: false });
    const second = await home.client();
    await expect(second.unlock({ interactive: false })).rejects.toMatchObject({ kind: 'locked' });
    expect(await second.unlock({ interactive: true })).toMatchObject({ state: 'open', quietUnlock: true });
    await second.stop();
    await gone();
    expect(await home.ensure('L', 'full', '--no-start')).toEqual({ state: 'none', used: true, quiet: true });
  });
});
