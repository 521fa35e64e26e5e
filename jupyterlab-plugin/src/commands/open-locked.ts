import {
  failure,
  isKeychainRefusal,
  type SecretsError,
  type SlotKind,
  toSecretsError,
} from '@datalayer-secrets/shared';

import type { Deps } from './command.ts';
import { whileShown } from './progress.ts';
import { sheet } from './sheet.ts';

/** The easiest first. */
const ORDER: readonly SlotKind[] = ['keychain', 'file', 'passphrase'];

/**
 * Opens the local vault the way it was set up. A keychain or a key file that does not do leaves the passphrase, where the vault has
 * one. With no local vault set up, lets the keychain give the sign-ins that it keeps.
 * @throws cancelled, and what the service says.
 */
export async function openLocked(deps: Deps): Promise<void> {
  const client = await deps.secrets.start();
  const { state, slots } = await client.status();
  const ways = ORDER.filter((one) => slots.includes(one));
  // A vault without a way that we know is damaged or of a newer version: the service says which.
  if (state !== 'locked' || ways.length === 0) {
    await unprompted(deps);
    return;
  }
  let refusal: SecretsError | null = null;
  for (const slot of ways) {
    try {
      await by(deps, slot, refusal);
      return;
    } catch (error) {
      refusal = toSecretsError(error);
      if (!isKeychainRefusal(refusal) && refusal.kind !== 'no_key_file') throw refusal;
    }
  }
  throw refusal ?? failure('unexpected');
}

function by(deps: Deps, slot: SlotKind, refusal: SecretsError | null): Promise<void> {
  return slot === 'passphrase' ? sheet(deps, { kind: 'unlock', ...(refusal && { refusal }) }) : unprompted(deps, slot);
}

/** Nothing is asked here: the keychain may ask, on the server's machine. */
async function unprompted({ secrets: { client }, trans }: Deps, slot?: 'keychain' | 'file'): Promise<void> {
  const waiting =
    slot === 'file' ? trans.__('Opening the vault…') : trans.__('Waiting for the keychain of the server’s machine…');
  await whileShown(trans, waiting, (signal) => client.unlock({ ...(slot && { slot }), interactive: true }, { signal }));
}
