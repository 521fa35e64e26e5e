import {
  explain,
  isKeychainRefusal,
  SecretsError,
  toSecretsError,
  type ServiceClient,
  type SlotKind,
} from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { t } from '../l10n.ts';
import { whileShown } from '../progress.ts';
import { inMessage } from '../shown.ts';
import { askHidden } from './hiddenBox.ts';

/** The easiest first. */
const ORDER: readonly SlotKind[] = ['keychain', 'file', 'passphrase'];

/**
 * Opens the local vault the way it was set up. A keychain that refuses leaves the key file or the passphrase, where the vault
 * has one. With no local vault set up, lets the keychain give the sign-ins that it keeps.
 * @throws cancelled, and what the service says.
 */
export async function unlock(client: ServiceClient): Promise<void> {
  const { state, slots, host } = await client.status();
  const ways = ORDER.filter((one) => slots.includes(one));
  // A vault without a way that we know is damaged or of a newer version: the service says which.
  if (state !== 'locked' || ways.length === 0) return byKeychain(client, {});
  let refusal: SecretsError | null = null;
  for (const slot of ways) {
    refusal = await by(client, slot, { refusal, host }).then(() => null, keychainRefusal);
    if (refusal === null) return;
  }
  if (refusal) throw refusal;
}

function keychainRefusal(error: unknown): SecretsError {
  if (!isKeychainRefusal(error)) throw error;
  return toSecretsError(error);
}

interface Circumstances {
  /** Why the way before failed. */
  readonly refusal: SecretsError | null;
  /** Name of the machine that has the vault. */
  readonly host: string;
}

function by(client: ServiceClient, slot: SlotKind, circumstances: Circumstances): Promise<void> {
  switch (slot) {
    case 'keychain':
      return byKeychain(client, { slot });
    case 'file':
      return byFile(client);
    case 'passphrase':
      return byPassphrase(client, circumstances);
  }
}

async function byKeychain(client: ServiceClient, slot: { slot?: 'keychain' }): Promise<void> {
  await whileShown(vscode.l10n.t('Waiting for the keychain of this machine…'), (signal) =>
    client.unlock({ ...slot, interactive: true }, { signal }),
  );
}

async function byFile(client: ServiceClient): Promise<void> {
  const { l10n, window } = vscode;
  const open = (keyFile?: string): Promise<unknown> =>
    whileShown(l10n.t('Opening the vault…'), (signal) =>
      client.unlock({ slot: 'file', interactive: true, ...(keyFile !== undefined && { keyFile }) }, { signal }),
    );
  const missing = await open().then(
    () => false,
    (error: unknown) => {
      if (toSecretsError(error).kind !== 'no_key_file') throw error;
      return true;
    },
  );
  if (!missing) return;
  const [file] =
    (await window.showOpenDialog({
      title: l10n.t('Choose the Key File of the Local Vault'),
      openLabel: l10n.t('Open Vault'),
    })) ?? [];
  if (!file) throw new SecretsError('cancelled', 'No key file was chosen.');
  await open(file.fsPath);
}

async function byPassphrase(client: ServiceClient, { refusal, host }: Circumstances): Promise<void> {
  const { l10n } = vscode;
  const question = {
    title: l10n.t('Unlock the Local Vault'),
    prompt: refusal
      ? l10n.t('{0} The passphrase opens the vault too.', explain(refusal, t).what)
      : l10n.t('The passphrase of the vault on {0}.', inMessage(host)),
  };
  await askHidden(question, (passphrase, signal) =>
    client.unlock({ slot: 'passphrase', passphrase, interactive: true }, { signal }).then(
      () => null,
      (error: unknown) => {
        if (toSecretsError(error).kind !== 'wrong_passphrase') throw error;
        return l10n.t('This is not the passphrase.');
      },
    ),
  );
}
