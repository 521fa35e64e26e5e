import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SecretValue } from '@datalayer-secrets/shared';
import { stageVault } from '../../../server/src/vault/open.ts';
import { Home, until } from '../../fixtures/service.ts';

it('every file of a used folder is private and named in docs/architecture.md', async () => {
  const home = new Home();
  onTestFinished(() => home.dispose());
  const client = await home.client();
  await client.setup({ slot: 'file' });
  await client.setPassphrase(new SecretValue('right'));
  await client.lock(); // remembered beside what is known of each interpreter
  const wrong = client.unlock({ slot: 'passphrase', passphrase: new SecretValue('wrong'), interactive: true });
  await expect(wrong).rejects.toMatchObject({ kind: 'wrong_passphrase' });
  const { folder } = home;
  await stageVault({ file: join(folder, 'elsewhere', 'vault.db'), id: 'a-vault', key: Buffer.alloc(32) });
  await until('the compile cache', () =>
    filesIn(home.places.home).some((file) => file.startsWith('cache/')),
  );

  const docs = readFileSync(resolve(import.meta.dirname, '../../../docs/architecture.md'), 'utf8');
  const named = Array.from(docs.slice(docs.indexOf('## Files')).matchAll(/`([^`]+)`/g), ([, name]) => name);
  const files = [...filesIn(home.places.home), ...filesIn(join(folder, 'elsewhere'))].map((file) =>
    file.replace(/^cache\/.*/, 'cache/').replace(`${hostname()}.json`, '<host>.json').replace(/-(wal|shm)$/, ''),
  );
  expect(files).toEqual(expect.arrayContaining(['vault.key', 'interpreters.json', 'wrong-passphrases.json', 'cache/', 'vault.db.new']));
  expect([...new Set(files)].filter((file) => !named.includes(file))).toEqual([]);
}); // prettier-ignore

/** Paths below a folder; none of them may be open to others. */
function filesIn(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const file = join(below, entry.name);
    expect([file, statSync(join(folder, file)).mode & 0o077]).toEqual([file, 0]);
    return entry.isDirectory() ? filesIn(folder, file) : [file];
  });
}
