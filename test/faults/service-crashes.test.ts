import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretValue } from '@datalayer-secrets/shared';
import { prepareHome } from '../../server/src/service/places.ts';
import { readRunFile } from '../../server/src/service/run-file.ts';
import { Home, until } from '../fixtures/service.ts';

describe('a service that cannot start', () => {
  let home: Home;
  beforeEach(() => void (home = new Home()));
  afterEach(() => home.dispose());
  const log = () => readFileSync(join(home.places.logFolder, 'service.log'), 'utf8');

  it('says so with one sentence, and in the log why', async () => {
    prepareHome(home.places);
    mkdirSync(home.places.lockDb, { mode: 0o700 }); // a folder where the lock belongs
    const { code, stdout } = await home.run(['ensure', '--label', 'L', '--scope', 'full', '--json']);
    expect(code).not.toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ success: false });
    const child = await home.run(['daemon']);
    expect(child.code).not.toBe(0);
    expect(log()).toContain('not started');
  });

  it('starts with a vault of a newer format, says what it is when asked to open it, and leaves it untouched', async () => {
    const setup = await home.client();
    await setup.setup({ slot: 'file' });
    await setup.stop();
    const text = readFileSync(home.places.vaultJson, 'utf8');
    const newer = text.replace(/"format": ?\d+/, '"format": 99');
    expect(newer).not.toBe(text);
    writeFileSync(home.places.vaultJson, newer, { mode: 0o600 });
    const client = await home.client();
    expect(await client.status()).toMatchObject({ state: 'locked', failure: { code: 'newer_vault' } });
    for (const ask of [() => client.unlock({ interactive: true }), () => client.setup({ slot: 'file' })])
      await expect(ask()).rejects.toMatchObject({ kind: 'newer_vault' });
    expect(readFileSync(home.places.vaultJson, 'utf8')).toBe(newer);
    const { code, stderr } = await home.run(['unlock']);
    expect(code).toBe(78);
    expect(stderr).toMatch(/^datalayer-secrets: [A-Z].*\.\n$/);
  });

  it('never makes a new key over a vault whose vault.json is gone', async () => {
    const setup = await home.client();
    await setup.setup({ slot: 'file' });
    await setup.stop();
    rmSync(home.places.vaultJson);
    const client = await home.client();
    expect(await client.status()).toMatchObject({ state: 'locked', failure: { code: 'vault_incomplete' } });
    await expect(client.setup({ slot: 'file' })).rejects.toMatchObject({ kind: 'vault_incomplete' });
    await expect(client.unlock({ interactive: true })).rejects.toMatchObject({ kind: 'vault_incomplete' });
  });

  it('never makes an empty vault where vault.db is gone, says what to do, and opens once it is back', async () => {
    const setup = await home.client();
    await setup.setup({ slot: 'file' });
    await setup.secrets('local').create({ name: 'N', description: '', type: 'key', value: new SecretValue('v') });
    await setup.stop();
    await until('the end', () => readRunFile(home.places) === null);
    const away = join(home.folder, 'away.db');
    renameSync(home.places.vaultDb, away);
    const client = await home.client();
    expect(await client.status()).toMatchObject({ state: 'locked', failure: { code: 'vault_incomplete' } });
    await expect(client.unlock({ interactive: true })).rejects.toMatchObject({ kind: 'vault_incomplete' });
    await expect(client.setup({ slot: 'file' })).rejects.toMatchObject({ kind: 'vault_incomplete' });
    const { code, stderr } = await home.run(['unlock']);
    expect(code).toBe(78);
    expect(stderr).toContain(`The file vault.db of the vault is gone from ${home.places.home}`);
    expect(stderr).toContain('from a backup');
    expect(readdirSync(home.places.home).filter((name) => name.startsWith('vault.db'))).toEqual([]);
    renameSync(away, home.places.vaultDb);
    await client.unlock({ interactive: true });
    expect(await client.secrets('local').list()).toHaveLength(1);
  });

  it('starts without its key file, and opens once it is back', async () => {
    const key = join(home.folder, 'key');
    const setup = await home.client();
    await setup.setup({ slot: 'file', keyFile: key });
    await setup.stop();
    const content = readFileSync(key);
    rmSync(key);
    const client = await home.client();
    await expect(client.unlock({ interactive: true })).rejects.toMatchObject({ kind: 'no_key_file' });
    writeFileSync(key, content, { mode: 0o600 });
    expect((await client.unlock({ interactive: true })).state).toBe('open');
  });
});
