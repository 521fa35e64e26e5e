import { isKeychainRefusal, toSecretsError } from '@datalayer-secrets/shared';

import type { Deps } from './command.ts';
import { whileShown } from './progress.ts';
import { sheet } from './sheet.ts';

/**
 * Makes the local vault: with the keychain where there is one, without a question; else the panel asks how it is opened. A vault that
 * another window made meanwhile is as good.
 * @throws cancelled, and what the service says.
 */
export async function setUp(deps: Deps): Promise<void> {
  const client = await deps.secrets.start();
  const { state, keychain } = await client.status();
  if (state !== 'new') return;
  const made = keychain === 'available' && (await byKeychain(deps));
  if (!made) await sheet(deps, { kind: 'set-up' });
}

/** False when the keychain said no. */
async function byKeychain({ secrets: { client }, trans }: Deps): Promise<boolean> {
  const waiting = trans.__('Waiting for the keychain of the server’s machine…');
  try {
    await whileShown(trans, waiting, (signal) => client.setup({ slot: 'keychain' }, { signal }));
  } catch (error) {
    if (isKeychainRefusal(error)) return false;
    if (toSecretsError(error).kind !== 'already_set_up') throw error;
  }
  return true;
}
