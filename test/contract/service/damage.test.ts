import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { SecretValue } from '@datalayer-secrets/shared';
import { Home } from '../../fixtures/service.ts';
import { onTerminal } from '../../fixtures/terminal.ts';

it('a secret that was changed from outside is counted in the list of vaults, by ls and status, and in the log, until it is deleted by its uid', async () => {
  const home = new Home();
  onTestFinished(() => home.dispose());
  const client = await home.client();
  await client.setup({ slot: 'file' });
  const secrets = client.secrets('local');
  const create = (name: string) =>
    secrets.create({ name, description: '', type: 'key', value: new SecretValue(`value of ${name}`) });
  const changed = await create('CHANGED');
  await create('WHOLE');
  const local = async () => (await client.vaults()).vaults.find(({ id }) => id === 'local');
  expect(await local()).not.toHaveProperty('damaged');
  expect((await home.run(['ls'])).stderr).toBe('');

  await client.lock();
  const db = new DatabaseSync(home.places.vaultDb);
  db.prepare('UPDATE secrets SET meta = zeroblob(length(meta)) WHERE uid = ?').run(changed.uid);
  db.close();
  expect(await local()).not.toHaveProperty('damaged');
  await client.unlock({ interactive: true });

  expect(await local()).toMatchObject({ state: 'open', damaged: 1 });
  expect((await secrets.list()).map(({ name }) => name)).toEqual(['WHOLE']);
  const said = /^datalayer-secrets: 1 secret cannot be read: it was changed from outside\. It is not listed\. .*\n$/;
  for (const command of [['ls'], ['ls', '--json'], ['status']]) {
    const { code, stdout, stderr } = await home.run(command);
    expect([code, stderr]).toEqual([0, expect.stringMatching(said)]);
    expect(stdout).not.toContain('CHANGED');
  }
  const log = readFileSync(join(home.places.logFolder, 'service.log'), 'utf8');
  expect(log).toMatch(/"event":"secrets damaged".*"count":1/);

  expect((await home.run(['audit', 'verify'])).stdout).toContain(changed.uid);
  const typo = changed.uid.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  for (const word of ['CHANGED', typo]) {
    const { code, stdout, stderr } = await home.run(['rm', word, '--yes']);
    expect([word, code, stdout, stderr]).toEqual([word, 1, '', expect.stringMatching(/does not exist/)]);
  }
  expect(await home.run(['rm', changed.uid])).toMatchObject({ code: 2, stdout: '' }); // nobody to ask
  if (existsSync('/usr/bin/script')) {
    const asked = await onTerminal(home, ['rm', changed.uid], [['[y/N]', 'n\r']]);
    expect([asked.code, asked.screen]).toEqual([
      1,
      expect.stringContaining(`Delete the secret ${changed.uid} for good?`),
    ]);
    expect(await local()).toMatchObject({ damaged: 1 });
  }
  expect((await home.run(['rm', changed.uid, '--yes'])).stdout).toBe(`Deleted ${changed.uid}.\n`);
  expect(await local()).not.toHaveProperty('damaged');
  expect((await home.run(['ls'])).stderr).toBe('');
});
