import { SecretsError, type VaultInfo, vaultName } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { t } from '../l10n.ts';
import { whileShown } from '../progress.ts';
import { inLabel, inMessage } from '../shown.ts';
import type { Command } from './command.ts';

/** Removes a remote vault from all editors of this machine; the sign-in of the Datalayer CLI only on a second choice. */
export const signOut: Command = {
  id: 'signOut',
  async run(deps, place) {
    const { l10n, window } = vscode;
    const client = await deps.service();
    const { vaults } = await client.vaults();
    const remote = vaults.filter(({ kind }) => kind !== 'local');
    if (remote.length === 0) {
      void window.showInformationMessage(l10n.t('You are not signed in anywhere.'));
      return false;
    }
    const vault =
      remote.find(({ id }) => id === (place as { vaultId?: unknown } | undefined)?.vaultId) ?? (await choose(remote));
    const sharedEntryToo = await confirm(vault);
    await whileShown(l10n.t('Signing out…'), (signal) => client.signOut(vault.id, { sharedEntryToo, signal }));
    await deps.model.refresh({ start: true });
    return true;
  },
};

async function choose(vaults: readonly VaultInfo[]): Promise<VaultInfo> {
  const [only] = vaults;
  if (only && vaults.length === 1) return only;
  const items = vaults.map((vault) => ({
    label: inLabel(vaultName(t, vault)),
    description: inLabel(vault.account?.handle ?? ''),
    detail: inLabel(vault.origin ?? ''),
    vault,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Sign Out'), ignoreFocusOut: true });
  if (!chosen) throw new SecretsError('cancelled', 'No vault was chosen.');
  return chosen.vault;
}

/** Resolves with whether the entry of the Datalayer CLI is to go too. */
async function confirm(vault: VaultInfo): Promise<boolean> {
  const { l10n, window } = vscode;
  const out = l10n.t('Sign Out');
  const everywhere = l10n.t('Sign Out the Datalayer CLI Too');
  const answer = await window.showWarningMessage(
    l10n.t('Sign out of {0}?', inMessage(vaultName(t, vault))),
    {
      modal: true,
      detail: l10n.t('Its secrets stay where they are. The editors of this machine forget the sign-in.'),
    },
    out,
    ...(vault.tokenPlace === 'shared-entry' ? [everywhere] : []),
  );
  if (answer !== out && answer !== everywhere) throw new SecretsError('cancelled', 'Not signed out.');
  return answer === everywhere;
}
