import { isKeychainRefusal, type SecretsError, toSecretsError } from '@datalayer-secrets/shared';

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
  const refusal = keychain === 'available' ? await byKeychain(deps) : undefined;
  if (refusal !== null) await sheet(deps, { kind: 'set-up', ...(refusal && { refusal }) });
}

/** Null when it is done, else why the keychain said no. */
async function byKeychain({ secrets: { client }, trans }: Deps): Promise<SecretsError | null> {
  const waiting = trans.__('Waiting for the keychain of the server’s machine…');
  try {
    await whileShown(trans, waiting, (signal) => client.setup({ slot: 'keychain' }, { signal }));
  } catch (error) {
    const known = toSecretsError(error);
    if (isKeychainRefusal(known)) return known;
    if (known.kind !== 'already_set_up') throw known;
  }
  return null;
}
