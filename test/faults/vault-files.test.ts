import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SecretsModel, SecretValue, viewState, type ErrorKind } from '@datalayer-secrets/shared';
import type { Places } from '../../server/src/service/places.ts';
import { Home } from '../fixtures/service.ts';

type Damage = [
  what: string,
  file: keyof Places,
  make: ((file: string) => void) | null,
  kind: ErrorKind,
  advice: RegExp,
];

const write = (text: string) => (file: string) => writeFileSync(file, text, { mode: 0o600 });
function readableByOthers(file: string): void {
  write('{}')(file);
  chmodSync(file, 0o644);
}
const BACKUP = /from a backup/;

/** How a file of the vault is found: what lies in its place, as which kind of failure it is told, and what helps. */
const DAMAGES: Damage[] = [
  ['is missing', 'vaultJson', null, 'vault_incomplete', BACKUP],
  ['was cut short', 'vaultJson', write('{"format": 1,'), 'integrity', BACKUP],
  ['is of a newer release', 'vaultJson', write('{"format":2,"id":"a","slots":[]}'), 'newer_vault', /Update/],
  ['is a folder', 'vaultJson', (file) => mkdirSync(file), 'bad_permissions', BACKUP],
  ['can be read by others', 'vaultJson', readableByOthers, 'bad_permissions', /chmod/],
  ['is missing', 'vaultDb', null, 'vault_incomplete', BACKUP],
]; // prettier-ignore

it.each(DAMAGES)(
  'a vault one of whose files %s (%s): everything that is asked says so and what to do, until it is put back',
  async (_, which, make, kind, advice) => {
    const home = new Home();
    onTestFinished(() => home.dispose());
    const client = await home.client();
    await client.setup({ slot: 'file' });
    const stored = { name: 'KEPT', description: '', type: 'key', value: new SecretValue('a value') };
    await client.secrets('local').create(stored);
    await client.lock();
    const file = home.places[which];
    renameSync(file, `${file}.kept`);
    make?.(file);
    const name = basename(file);

    expect(await client.status()).toMatchObject({ state: 'locked', failure: { code: kind } });
    expect((await client.vaults()).vaults[0]).toMatchObject({ state: 'failed', failure: kind });
    const status = await home.run(['status']);
    expect(status).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`cannot be unlocked (${kind})`) as string,
    });
    expect(status.stderr).toMatch(advice);
    const forPrograms = JSON.parse((await home.run(['status', '--json'])).stdout) as object;
    expect(forPrograms).toMatchObject({
      failure: { code: kind, advice: expect.stringMatching(advice) as string },
      vaults: [{ id: 'local', state: 'failed', failure: kind }],
    });
    for (const command of [['ls'], ['unlock'], ['setup', '--key-file', `${home.folder}/other.key`]]) {
      const { code, stdout, stderr } = await home.run(command);
      expect([command, code, stdout]).toEqual([command, 78, '']);
      expect(stderr).toMatch(advice);
      if (kind !== 'newer_vault') expect(stderr).toContain(name);
    }

    const model = new SecretsModel({ connect: () => Promise.resolve(client), changes: () => () => () => undefined });
    await model.refresh();
    expect(viewState(model.state, 'used')).toMatchObject({ kind: 'failed', error: { kind } });

    await home.run(['stop']);
    const nothingRuns = await home.run(['status', '--json']);
    expect(JSON.parse(nothingRuns.stdout)).toMatchObject({ state: 'none', failure: { code: kind } });
    expect(nothingRuns.stderr).toMatch(advice);
    expect(JSON.parse((await home.run(['ensure', '--label', 'x', '--scope', 'full', '--no-start'])).stdout)).toEqual({
      state: 'none',
      used: true,
      quiet: false,
    });

    rmSync(file, { recursive: true, force: true });
    renameSync(`${file}.kept`, file);
    expect((await home.run(['unlock'])).code).toBe(0);
    expect((await home.run(['ls'])).stdout).toContain('KEPT');
    expect((await home.run(['status'])).stderr).toBe('');
  },
);

it('a vault that is open says that it will not open again, and goes on', async () => {
  const home = new Home();
  onTestFinished(() => home.dispose());
  const client = await home.client();
  await client.setup({ slot: 'file' });
  rmSync(home.places.vaultJson);
  expect(await client.status()).toMatchObject({ state: 'open', failure: { code: 'vault_incomplete' } });
  expect((await client.vaults()).vaults[0]).toMatchObject({ state: 'open', failure: null });
  const { stdout, stderr } = await home.run(['status']);
  expect(stdout).toContain('open, opened by file; cannot be unlocked');
  expect(stderr).toContain('vault.json');
  expect(await client.secrets('local').list()).toEqual([]);
});

it('does not keep a click from opening what other vaults have in the keychain', async () => {
  const home = new Home();
  onTestFinished(() => home.dispose());
  const client = await home.client();
  await client.setup({ slot: 'file' });
  await home.run(['stop']);
  rmSync(home.places.vaultJson);
  const remote = {
    id: 'r-00000000', kind: 'team', origin: 'https://secrets.invalid', label: 'Team', account: { uid: 'u', handle: 'ada' },
    tokenPlace: 'own-entry', quiet: [],
  }; // prettier-ignore
  const vaults = { format: 1, vaults: [remote], forgotten: [] };
  writeFileSync(join(home.places.home, 'vaults.json'), JSON.stringify(vaults), { mode: 0o600 });
  const again = await home.client();
  expect(await again.unlock({ interactive: true })).toMatchObject({ state: 'locked', failure: { code: 'vault_incomplete' } });
  const tried = (await again.vaults()).vaults.find(({ kind }) => kind === 'team');
  expect(tried).toMatchObject({ state: 'failed', failure: 'no_keychain' });
  expect((await home.run(['unlock'])).stderr).toContain('vault.json');
}); // prettier-ignore
