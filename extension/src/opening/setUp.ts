import {
  explain,
  isKeychainRefusal,
  keychainAbsence,
  SecretsError,
  toSecretsError,
  type ServiceClient,
} from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { t } from '../l10n.ts';
import { whileShown } from '../progress.ts';
import { askNewPassphrase } from './hiddenBox.ts';

/**
 * Makes the local vault: with the keychain where there is one, without a question; else the user chooses how it is opened.
 * A vault that another window made meanwhile is as good.
 * @throws cancelled, and what the service says.
 */
export async function setUp(client: ServiceClient): Promise<void> {
  const { state, keychain } = await client.status();
  if (state !== 'new') return;
  const refusal = keychain === 'available' ? await byKeychain(client) : keychainAbsence(t, keychain);
  if (refusal !== null) await otherwise(client, refusal);
}

/** Null when it is done, else why the keychain did not do. */
async function byKeychain(client: ServiceClient): Promise<string | null> {
  const title = vscode.l10n.t('Waiting for the keychain of this machine…');
  return await whileShown(title, (signal) => client.setup({ slot: 'keychain' }, { signal })).then(
    () => null,
    (error: unknown) => {
      if (isKeychainRefusal(error)) return explain(error, t).what;
      return ignoreDone(error);
    },
  );
}

function ignoreDone(error: unknown): null {
  if (toSecretsError(error).kind !== 'already_set_up') throw error;
  return null;
}

async function otherwise(client: ServiceClient, refusal: string): Promise<void> {
  const slot = await chooseSlot(refusal);
  const passphrase =
    slot === 'passphrase' ? await askNewPassphrase(vscode.l10n.t('Local Vault: Passphrase')) : undefined;
  await whileShown(vscode.l10n.t('Making the vault…'), (signal) =>
    client.setup({ slot, ...(passphrase && { passphrase }) }, { signal }),
  ).catch(ignoreDone);
}

async function chooseSlot(refusal: string): Promise<'passphrase' | 'file'> {
  const { l10n, window } = vscode;
  const ways = [
    {
      slot: 'passphrase' as const,
      label: l10n.t('$(key) Passphrase'),
      detail: l10n.t('Asked for after a restart and after locking. It is kept nowhere.'),
    },
    {
      slot: 'file' as const,
      label: l10n.t('$(file) Key file'),
      detail: l10n.t('Opens by itself. For servers and containers: who reads your files reads your secrets.'),
    },
  ];
  const chosen = await window.showQuickPick(ways, {
    title: l10n.t('How Is the Local Vault Opened?'),
    placeHolder: refusal,
    ignoreFocusOut: true,
  });
  if (!chosen) throw new SecretsError('cancelled', 'No way of opening was chosen.');
  return chosen.slot;
}
