import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { Home } from '../fixtures/service.ts';

const home = new Home();
afterAll(() => home.dispose());

it('locks a vault whose audit trail cannot be written, and says that it was not recorded', async () => {
  const service = await home.client();
  await service.setup({ slot: 'file' });
  const db = new DatabaseSync(home.places.vaultDb);
  db.exec("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END");
  db.close();
  await expect(service.lock()).rejects.toMatchObject({ kind: 'audit_unavailable' });
  expect((await service.status()).state).toBe('locked');
});
