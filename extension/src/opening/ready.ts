import {
  hasSecrets,
  SecretsError,
  type SecretsModel,
  type ServiceClient,
  shownVaults,
  type VaultView,
} from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { untilAborted } from '../abort.ts';
import { whileShown } from '../progress.ts';
import { setUp } from './setUp.ts';
import { signIn } from './signIn.ts';
import { unlock } from './unlock.ts';

export interface Leading {
  readonly model: SecretsModel;
  /** Whether the model follows what happens, so that its lists are present ones. */
  readonly watched: () => boolean;
  readonly service: () => Promise<ServiceClient>;
}

/** A step can turn out not to be the last one (the sign-in expired too); a vault that takes more is not going to open. */
const STEPS = 4;

/**
 * Leads through set-up, unlocking or sign-in until the secrets of one vault (of `vaultId`, where given) can be worked with.
 * Resolves with those that can, that one first. @throws cancelled, or why it cannot be.
 */
export async function ready(leading: Leading, vaultId?: string): Promise<readonly [VaultView, ...VaultView[]]> {
  for (let step = 0; ; step += 1) {
    await load(leading);
    const usable = leading.model.state.vaults.filter(hasSecrets);
    const wanted = vaultId === undefined ? usable[0] : usable.find(({ info }) => info.id === vaultId);
    if (wanted) return [wanted, ...usable.filter((vault) => vault !== wanted)];
    await lead(leading, vaultId, step);
  }
}

async function load({ model, watched }: Leading): Promise<void> {
  const present = watched() && model.state.service.kind === 'ready' && model.state.vaults.some(hasSecrets);
  if (!present) {
    const title = vscode.l10n.t('Opening your secrets…');
    await whileShown(title, (signal) => untilAborted(model.refresh({ start: true }), signal));
  }
  const { service } = model.state;
  if (service.kind === 'failed') throw service.error;
  if (service.kind === 'none') throw new SecretsError('no_service', 'The secrets service is not running.');
}

async function lead(leading: Leading, vaultId: string | undefined, step: number): Promise<void> {
  const { state } = leading.model;
  const candidates =
    vaultId === undefined ? shownVaults(state) : state.vaults.filter(({ info }) => info.id === vaultId);
  const vault = candidates.find(({ list }) => list.kind === 'locked') ?? candidates[0];
  if (!vault) throw new SecretsError('not_found', 'There is no such vault.');
  const { list } = vault;
  if (list.kind === 'failed') throw list.error;
  if (step >= STEPS) throw new SecretsError('unexpected', 'The vault did not open.');
  switch (list.kind) {
    case 'locked':
      await unlock(await leading.service());
      break;
    case 'setup-needed':
      await (vaultId === undefined ? chooseVault(leading) : leading.service().then(setUp));
      break;
    case 'signed-out':
      await signIn(await leading.service());
      break;
    case 'loading':
    case 'ready':
    case 'stale':
      break;
  }
  await leading.model.refresh({ start: true });
}

async function chooseVault(leading: Leading): Promise<void> {
  const { l10n, window } = vscode;
  const local = {
    label: l10n.t('$(device-desktop) Use the local vault'),
    detail: l10n.t('Encrypted, on this machine. No account needed.'),
  };
  const remote = {
    label: l10n.t('$(cloud) Sign in to Datalayer'),
    detail: l10n.t('The secrets of your Datalayer account, with a token or an API key.'),
  };
  const chosen = await window.showQuickPick([local, remote], {
    title: l10n.t('Where Are Your Secrets Kept?'),
    ignoreFocusOut: true,
  });
  if (!chosen) throw new SecretsError('cancelled', 'No vault was chosen.');
  await (chosen === local ? setUp : signIn)(await leading.service());
}
