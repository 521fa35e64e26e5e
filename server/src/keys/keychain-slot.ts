import { randomBytes } from 'node:crypto';
import { SecretsError } from '@datalayer-secrets/shared';
import * as v from 'valibot';
import { KEY_BYTES } from '../vault/seal.ts';
import type { CallOptions, Keychain } from './keychain.ts';
import { KEYCHAIN_SERVICE } from './keychain-service.ts';
import type { Slot } from './slot-file.ts';
import { fieldsOf, unwrapKey, wrapKey, type Binding } from './wrapping.ts';

const Wrapped = v.object({ wrapped: v.string() });

/**
 * Puts a new slot key into the keychain and reads it back: one that takes entries and forgets them would lose every
 * secret.
 */
export async function makeKeychainSlot(
  vaultId: string,
  vaultKey: Buffer,
  keychain: Pick<Keychain, 'get' | 'set'>,
  options: CallOptions,
): Promise<Slot> {
  const secret = randomBytes(KEY_BYTES);
  const text = secret.toString('hex');
  await keychain.set(KEYCHAIN_SERVICE, vaultId, text, options);
  if ((await keychain.get(KEYCHAIN_SERVICE, vaultId, options)) !== text)
    throw new SecretsError('no_keychain', 'The keychain of this system did not keep what was written to it.');
  const wrapped = wrapKey(secret, binding(vaultId), vaultKey);
  secret.fill(0);
  return { kind: 'keychain', wrapped };
}

/** @throws SecretsError no_keychain (also when the entry is gone), keychain_*, integrity */
export async function openKeychainSlot(
  vaultId: string,
  slot: Slot,
  keychain: Pick<Keychain, 'get'>,
  options: CallOptions,
): Promise<Buffer> {
  const { wrapped } = fieldsOf(Wrapped, slot);
  const text = await keychain.get(KEYCHAIN_SERVICE, vaultId, options);
  if (text === null)
    throw new SecretsError('no_keychain', "The keychain of this system does not hold this vault's key.");
  const secret = Buffer.from(text, 'hex');
  try {
    return unwrapKey(secret, binding(vaultId), wrapped);
  } catch (error) {
    throw new SecretsError('integrity', 'The key in the keychain does not fit this vault.', { reason: 'keychain-key' }, { cause: error }); // prettier-ignore
  } finally {
    secret.fill(0);
  }
}

function binding(vaultId: string): Binding {
  return { vaultId, kind: 'keychain', parameters: [KEYCHAIN_SERVICE] };
}
