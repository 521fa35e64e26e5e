import {
  SecretsError,
  type ServiceStatus,
  vaultDescription,
  type VaultInfo,
  vaultName,
} from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { t } from '../l10n.ts';
import { inLabel } from '../shown.ts';
import type { Command } from './command.ts';
import { vaultIcon } from '../views/icons.ts';

interface Entry extends vscode.QuickPickItem {
  readonly command?: readonly [id: string, ...args: unknown[]];
}

/** All vaults with what can be done to each. */
export const manageVaults: Command = {
  id: 'manageVaults',
  async run(deps) {
    const { l10n, window, commands } = vscode;
    const client = await deps.service();
    const [status, { vaults }] = await Promise.all([client.status(), client.vaults()]);
    const entries: Entry[] = vaults.flatMap((vault) => entriesOf(vault, status));
    entries.push(
      { label: l10n.t('More'), kind: vscode.QuickPickItemKind.Separator },
      { label: l10n.t('$(sign-in) Sign in to Datalayer…'), command: ['datalayerSecrets.signIn'] },
      { label: l10n.t('$(output) Show log'), command: ['datalayerSecrets.showLog'] },
    );
    const chosen = await window.showQuickPick(entries, { title: l10n.t('Manage Vaults'), matchOnDescription: true });
    if (!chosen?.command) throw new SecretsError('cancelled', 'Nothing was chosen.');
    return await commands.executeCommand(...chosen.command);
  },
};

function entriesOf(vault: VaultInfo, status: ServiceStatus): Entry[] {
  const description = inLabel(`${vaultName(t, vault)}, ${vaultDescription(t, vault, status)}`);
  return [
    { label: inLabel(vaultName(t, vault)), kind: vscode.QuickPickItemKind.Separator },
    ...actionsOf(vault).map((entry) => ({ ...entry, description })),
  ];
}

function actionsOf(vault: VaultInfo): Entry[] {
  const { l10n } = vscode;
  const place = { vaultId: vault.id };
  const create: Entry = { label: l10n.t('$(add) Create secret…'), command: ['datalayerSecrets.createSecret', place] };
  const signOut: Entry = { label: l10n.t('$(sign-out) Sign out…'), command: ['datalayerSecrets.signOut', place] };
  switch (vault.state) {
    case 'new':
      return [
        { label: l10n.t('$({0}) Use the local vault', vaultIcon(vault)), command: ['datalayerSecrets.useLocalVault'] },
      ];
    case 'locked':
      return [
        { label: l10n.t('$(unlock) Unlock…'), command: ['datalayerSecrets.unlock'] },
        ...(vault.kind === 'local' ? [] : [signOut]),
      ];
    case 'open':
      return [
        create,
        { label: l10n.t('$(lock) Lock'), command: ['datalayerSecrets.lock'] },
        { label: l10n.t('$(key) Set passphrase…'), command: ['datalayerSecrets.setPassphrase'] },
      ];
    case 'ready':
      return [create, signOut];
    case 'signed-out':
      return [{ label: l10n.t('$(sign-in) Sign in again…'), command: ['datalayerSecrets.signIn'] }, signOut];
    case 'failed':
      return [
        { label: l10n.t('$(refresh) Try again'), command: ['datalayerSecrets.refresh'] },
        ...(vault.kind === 'local' ? [] : [signOut]),
      ];
  }
}
