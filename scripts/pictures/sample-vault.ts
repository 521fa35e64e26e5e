import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { SecretValue } from '@datalayer-secrets/shared';
import { Keychain } from '../../server/src/keys/keychain.ts';
import { createVaultKey } from '../../server/src/keys/slots.ts';
import { openVault, stageVault } from '../../server/src/vault/open.ts';

interface Sample {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly daysAgo: number;
}

const SAMPLES: readonly Sample[] = [
  { name: 'WAREHOUSE_PASSWORD', type: 'password', description: 'Read only', daysAgo: 41 },
  { name: 'SMTP_PASSWORD', type: 'password', description: 'Reports by mail', daysAgo: 12 },
  { name: 'OPENAI_API_KEY', type: 'key', description: 'Project “Forecast”', daysAgo: 3 },
  { name: 'WEATHER_API_KEY', type: 'key', description: 'Free plan', daysAgo: 0.1 },
  { name: 'AWS_SECRET_ACCESS_KEY', type: 'key', description: 'Model files', daysAgo: 55 },
  { name: 'HF_TOKEN', type: 'token', description: 'Reads gated models', daysAgo: 8 },
  { name: 'GITHUB_TOKEN', type: 'token', description: 'Issues and releases', daysAgo: 27 },
  { name: 'WEBHOOK_URL', type: 'generic', description: 'Posts to #forecasts', daysAgo: 5 },
];

const DAY_MS = 86_400_000;

/** Makes a vault as somebody has it who has worked with it for some months. Its values are no secrets: each says so. */
export async function makeSampleVault(home: string, passphrase: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const file = path.join(home, 'vault.db');
  const { id, key } = await createVaultKey({
    home,
    slot: 'passphrase',
    passphrase: new SecretValue(passphrase),
    keychain: new Keychain(), // not asked for a passphrase
    stage: (id, key) => stageVault({ file, id, key }),
  });
  let daysAgo = 0;
  const vault = await openVault({ file, id, key, now: () => Date.now() - daysAgo * DAY_MS });
  for (const sample of SAMPLES.toSorted((a, b) => b.daysAgo - a.daysAgo)) {
    daysAgo = sample.daysAgo;
    const { name, type, description } = sample;
    await vault.create(
      { label: 'pictures', scope: 'full' },
      { name, type, description, value: Buffer.from(`not the real ${name}`) },
    );
  }
  await vault.close();
}
