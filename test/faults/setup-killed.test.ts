import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SecretValue } from '@datalayer-secrets/shared';
import { Home, until } from '../fixtures/service.ts';

const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 10);
const PASSPHRASE = new SecretValue('nine quiet lamps');

describe('a set-up that is cut short', () => {
  it(
    `by a kill, at ${ROUNDS} moments, leaves a vault that opens or none, and then it can be done again`,
    { timeout: ROUNDS * 20_000 },
    async () => {
      const left = new Set<string>();
      for (let round = 0; round < ROUNDS; round++) {
        const home = new Home();
        try {
          const client = await home.client();
          const killed = client.setup({ slot: 'file' }).catch(() => undefined);
          // Or a later one: some last less than the time between two looks.
          const moments = MOMENTS.slice(round % MOMENTS.length);
          const reached = () => readdirSync(home.places.home).some((name) => moments.includes(name));
          await until(moments.join(' or '), reached).finally(() => process.kill(home.pid, 'SIGKILL'));
          await killed;
          const next = await home.client();
          const { state } = await next.status();
          left.add(state);
          if (state === 'new') await next.setup({ slot: 'passphrase', passphrase: PASSPHRASE });
          else await next.unlock({ interactive: false });
          await next.secrets('local').create({ name: 'N', description: '', type: 'key', value: PASSPHRASE });
          expect(await next.secrets('local').list()).toHaveLength(1);
          expect(await next.verifyAudit('local')).toBeNull();
          expect(readdirSync(home.places.home)).not.toContain('vault.db.new');
        } finally {
          home.dispose();
        }
      }
      console.log(`left behind: ${[...left].join(', ')}`);
    },
  );
});

/** In the order in which a set-up makes them. */
const MOMENTS = ['vault.key', 'vault.db.new', 'vault.json', 'vault.db'];
