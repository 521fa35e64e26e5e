import { failure, hasSecrets, shownVaults, type VaultView } from '@datalayer-secrets/shared';
import { Dialog, showDialog } from '@jupyterlab/apputils';

import type { Deps } from './command.ts';
import { openLocked } from './open-locked.ts';
import { untilAborted, whileShown } from './progress.ts';
import { setUp } from './set-up.ts';
import { sheet } from './sheet.ts';

/** A step can turn out not to be the last one (the sign-in expired too); a vault that takes more is not going to open. */
const STEPS = 4;

/** What is listed is shown when a fresh list takes longer than this; it follows. In milliseconds. */
const FRESH_ENOUGH = 300;

/**
 * Leads through set-up, unlocking or sign-in until the secrets of one vault (of `vaultId`, where given) can be worked with.
 * Resolves with those that can, that one first. @throws cancelled, or why it cannot be.
 */
export async function ready(deps: Deps, vaultId?: string): Promise<readonly [VaultView, ...VaultView[]]> {
  for (let step = 0; ; step += 1) {
    await load(deps);
    const usable = deps.secrets.model.state.vaults.filter(hasSecrets);
    const wanted = vaultId === undefined ? usable[0] : usable.find(({ info }) => info.id === vaultId);
    if (wanted) return [wanted, ...usable.filter((vault) => vault !== wanted)];
    await lead(deps, vaultId, step);
  }
}

async function load({ secrets: { model }, trans }: Deps): Promise<void> {
  const listed = model.state.service.kind === 'ready' && model.state.vaults.some(hasSecrets);
  const loading = model.refresh({ start: true });
  if (listed) await Promise.race([loading, new Promise((resolve) => setTimeout(resolve, FRESH_ENOUGH))]);
  else await whileShown(trans, trans.__('Opening your secrets…'), (signal) => untilAborted(loading, signal));
  const { service } = model.state;
  if (service.kind === 'failed') throw service.error;
  if (service.kind === 'none') throw failure('no_service');
}

async function lead(deps: Deps, vaultId: string | undefined, step: number): Promise<void> {
  const { model, policy } = deps.secrets;
  const candidates =
    vaultId === undefined ? shownVaults(model.state) : model.state.vaults.filter(({ info }) => info.id === vaultId);
  const vault = candidates.find(({ list }) => list.kind === 'locked') ?? candidates[0];
  if (vault?.list.kind === 'failed') throw vault.list.error;
  if (step >= STEPS) throw failure('unexpected');
  switch (vault?.list.kind) {
    case 'locked':
      await openLocked(deps);
      break;
    case 'setup-needed':
      if (vaultId === undefined) await chooseVault(deps);
      else await setUp(deps);
      break;
    case 'signed-out':
      await sheet(deps, { kind: 'sign-in' });
      break;
    case undefined:
      // Whoever runs the server allows no vault on its machine: the user's account is the way.
      if (vaultId !== undefined || policy?.localVault !== false) throw failure('not_found');
      await sheet(deps, { kind: 'sign-in' });
      break;
    case 'loading':
    case 'ready':
    case 'stale':
      break;
  }
  await model.refresh({ start: true });
}

async function chooseVault(deps: Deps): Promise<void> {
  const { trans, secrets } = deps;
  const remote = Dialog.createButton({ label: trans.__('Sign In to Datalayer…'), accept: true });
  const local = Dialog.okButton({ label: trans.__('Use the Local Vault') });
  const { button } =
    secrets.policy?.localVault === false
      ? { button: remote }
      : await showDialog({
          title: trans.__('Where Are Your Secrets Kept?'),
          body: trans.__(
            'The local vault is encrypted, on the machine of this server; it needs no account. Or use the secrets of your Datalayer account.',
          ),
          buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), remote, local],
        });
  if (!button.accept) throw failure('cancelled');
  await (button.label === local.label ? setUp(deps) : sheet(deps, { kind: 'sign-in' }));
}
