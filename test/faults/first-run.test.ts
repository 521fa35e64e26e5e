import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SecretValue, toSecretsError } from '@datalayer-secrets/shared';
import { findPlaces } from '../../server/src/service/places.ts';
import { Home, until } from '../fixtures/service.ts';

const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 8);

it(
  `two processes that do the first run at the same instant make one vault and lose nothing, ${ROUNDS} times`,
  { timeout: ROUNDS * 20_000 },
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const home = new Home();
      try {
        const firstRun = async (name: string) => {
          const client = await home.client(name);
          const setup = await client.setup({ slot: 'file' }).then(
            () => 'made',
            (error: unknown) => toSecretsError(error).kind,
          );
          if (setup !== 'made') await client.unlock({ interactive: true });
          await client.secrets('local').create({ name, description: '', type: 'key', value: new SecretValue(name) });
          return setup;
        };
        const results = await Promise.all([firstRun('ONE'), firstRun('OTHER')]);
        expect(results.sort()).toEqual(['already_set_up', 'made']);

        const client = await home.client('a reader');
        const secrets = await client.secrets('local').list();
        expect(secrets.map(({ name }) => name).sort()).toEqual(['ONE', 'OTHER']);
        for (const secret of secrets) expect((await client.secrets('local').reveal(secret)).expose()).toBe(secret.name);
        expect(await client.verifyAudit('local')).toBeNull();
        // The one that found the lock taken tries for a moment before it ends.
        await until('one service', () => servicesOf(home).length === 1);
        expect(servicesOf(home)).toEqual([home.pid]);
      } finally {
        home.dispose();
      }
    }
  },
);

/** Process ids of all services of this home that run. */
function servicesOf(home: Home): number[] {
  const mine = `DATALAYER_SECRETS_HOME=${findPlaces(home.environment).home}\0`;
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/environ`, 'utf8').includes(mine) && readFileSync(`/proc/${entry}/cmdline`, 'utf8').endsWith('daemon\0');
    } catch {
      return false;
    }
  }).map(Number); // prettier-ignore
}
