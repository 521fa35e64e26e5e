import { randomBytes } from 'node:crypto';
import { SecretsError, type SecretValue, type SlotKind } from '@datalayer-secrets/shared';
import { privateFolder } from '../store/private-files.ts';
import { KEY_BYTES } from '../vault/seal.ts';
import { defaultKeyFile, makeFileSlot, openFileSlot } from './file-slot.ts';
import { CLICKED_MS, UNASKED_MS, type Keychain } from './keychain.ts';
import { KEYCHAIN_SERVICE } from './keychain-service.ts';
import { makeKeychainSlot, openKeychainSlot } from './keychain-slot.ts';
import { makePassphraseSlot, openPassphraseSlot } from './passphrase-slot.ts';
import { KeySlots, type Slot } from './slot-file.ts';
import { damagedSlot } from './wrapping.ts';

export { KeySlots } from './slot-file.ts';

interface Way {
  /** Folder of the vault. */
  readonly home: string;
  readonly passphrase?: SecretValue;
  /** Default: `vault.key` in the folder, or where the slot says it lies. */
  readonly keyFile?: string;
  readonly keychain: Pick<Keychain, 'get' | 'set' | 'delete'>;
  readonly signal?: AbortSignal;
}

/**
 * Makes the key of a new vault and its first slot. Of two that try at once one succeeds, and nothing that exists is
 * written over.
 * @param way `stage`: makes what the key will open, before vault.json says that there is a vault
 * @returns the vault's id and its key, 32 bytes, for the caller to wipe
 * @throws SecretsError already_set_up, invalid, no_keychain, keychain_*, bad_permissions, integrity, and what `stage` throws
 */
export async function createVaultKey(
  way: Way & { slot: SlotKind; stage?: (id: string, key: Buffer) => Promise<void> },
): Promise<{ id: string; key: Buffer }> {
  const { home, keychain, slot: kind } = way;
  privateFolder(home);
  if ((await KeySlots.load(home)) !== null) throw new SecretsError('already_set_up', 'There is a vault already.');
  const id = randomBytes(16).toString('hex');
  const key = randomBytes(KEY_BYTES);
  try {
    const slot = await makeSlot(kind, id, key, way);
    await way.stage?.(id, key);
    await KeySlots.create(home, id, slot);
    return { id, key };
  } catch (error) {
    key.fill(0);
    // Nobody else knows this id. A key file stays: the one who was quicker may use it.
    if (kind === 'keychain')
      await keychain.delete(KEYCHAIN_SERVICE, id, { timeoutMs: UNASKED_MS }).catch(() => undefined);
    throw error;
  }
}

/**
 * Opens the vault key.
 * @param way without `slot`: by what is given, else the keychain, else the key file
 * @returns `ms`: how long the slot took; a keychain that took under a second did not ask anybody
 * @throws SecretsError setup_needed, wrong_passphrase, locked (a passphrase is needed), no_keychain, keychain_*, no_key_file,
 *   newer_vault, bad_permissions, integrity
 */
export async function openVaultKey(
  way: Way & { slot?: SlotKind; interactive: boolean },
): Promise<{ id: string; key: Buffer; openedBy: SlotKind; ms: number }> {
  const slots = await KeySlots.load(way.home);
  if (slots === null) throw new SecretsError('setup_needed', 'There is no vault yet.');
  const kind = way.slot ?? choose(slots, way);
  const slot = slots.find(kind);
  if (slot === undefined) throw new SecretsError('invalid', `This vault has no ${kind} slot.`, { field: 'slot' });
  const start = performance.now();
  const key = await openSlot(kind, slots.id, slot, way);
  if (key.length !== KEY_BYTES) throw damagedSlot(kind);
  return { id: slots.id, key, openedBy: kind, ms: performance.now() - start };
}

/** Adds a passphrase to an open vault, or changes it. @param key the vault key; not kept and not wiped */
export async function addPassphrase({
  home,
  key,
  passphrase,
}: {
  home: string;
  key: Buffer;
  passphrase: SecretValue;
}): Promise<void> {
  const slots = await KeySlots.load(home);
  if (slots === null) throw new SecretsError('setup_needed', 'There is no vault yet.');
  await slots.put(await makePassphraseSlot(slots.id, key, passphrase));
}

function makeSlot(kind: SlotKind, id: string, key: Buffer, way: Way): Promise<Slot> {
  switch (kind) {
    case 'keychain':
      return makeKeychainSlot(id, key, way.keychain, callOptions(CLICKED_MS, way));
    case 'passphrase':
      return makePassphraseSlot(id, key, needed(way.passphrase));
    case 'file':
      return makeFileSlot(id, key, way.keyFile ?? defaultKeyFile(way.home));
  }
}

function openSlot(kind: SlotKind, id: string, slot: Slot, way: Way & { interactive: boolean }): Promise<Buffer> {
  switch (kind) {
    case 'keychain':
      return openKeychainSlot(id, slot, way.keychain, callOptions(way.interactive ? CLICKED_MS : UNASKED_MS, way));
    case 'passphrase':
      return openPassphraseSlot(id, slot, needed(way.passphrase));
    case 'file':
      return openFileSlot(id, slot, way.keyFile);
  }
}

function choose(slots: KeySlots, { passphrase, keyFile }: Way): SlotKind {
  if (passphrase !== undefined) return 'passphrase';
  if (keyFile !== undefined) return 'file';
  return (['keychain', 'file'] as const).find((kind) => slots.find(kind) !== undefined) ?? 'passphrase';
}

function callOptions(timeoutMs: number, { signal }: Way) {
  return signal === undefined ? { timeoutMs } : { timeoutMs, signal };
}

function needed(passphrase: SecretValue | undefined): SecretValue {
  if (passphrase === undefined) throw new SecretsError('locked', 'The passphrase is needed.', { field: 'passphrase' });
  return passphrase;
}
