import { failure, type VaultInfo, vaultName } from '@datalayer-secrets/shared';
import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';

import { COMMANDS } from '../tokens.ts';
import type { Command, Deps } from './command.ts';
import { whileShown } from './progress.ts';
import { nameInMessage } from './words.ts';

/** Removes a remote vault from all editors of the server's machine; the sign-in of the Datalayer CLI only on a second choice. */
export const signOut: Command = {
  id: COMMANDS.signOut,
  label: (trans) => trans.__('Sign Out…'),
  caption: (trans) => trans.__('Removes the secrets of an account from the editors on the machine of this server'),
  args: {
    type: 'object',
    properties: {
      vault: {
        type: 'string',
        description: 'Id of the vault to sign out of. Without it the user is asked where there are several.',
      },
    },
  },
  isEnabled: ({ secrets: { model } }) =>
    model.state.service.kind !== 'ready' || model.state.vaults.some(({ info }) => info.kind !== 'local'),
  async run(deps, args) {
    const { secrets, trans } = deps;
    const client = await secrets.start();
    const { vaults } = await client.vaults();
    const remote = vaults.filter(({ kind }) => kind !== 'local');
    if (remote.length === 0) {
      await showDialog({
        title: trans.__('Sign Out'),
        body: trans.__('You are not signed in anywhere.'),
        buttons: [Dialog.okButton({ label: trans.__('Close') })],
      });
      return false;
    }
    const vault = remote.find(({ id }) => id === args['vault']) ?? (await choose(deps, remote));
    const sharedEntryToo = await confirm(deps, vault);
    await whileShown(trans, trans.__('Signing out…'), (signal) => client.signOut(vault.id, { sharedEntryToo, signal }));
    await secrets.model.refresh({ start: true });
    return true;
  },
};

async function choose({ trans, translate }: Deps, vaults: readonly VaultInfo[]): Promise<VaultInfo> {
  const [only] = vaults;
  if (only && vaults.length === 1) return only;
  const items = vaults.map((vault) => `${vaultName(translate, vault)} (${vault.id})`);
  const { button, value } = await InputDialog.getItem({
    title: trans.__('Sign Out'),
    label: trans.__('Sign out of'),
    items,
    okLabel: trans.__('Continue'),
  });
  const chosen = value === null ? undefined : vaults[items.indexOf(value)];
  if (!button.accept || !chosen) throw failure('cancelled');
  return chosen;
}

/** Resolves with whether the entry of the Datalayer CLI is to go too. */
async function confirm({ trans, translate }: Deps, vault: VaultInfo): Promise<boolean> {
  const everywhere = Dialog.warnButton({ label: trans.__('Sign Out the Datalayer CLI Too') });
  const { button } = await showDialog({
    title: trans.__('Sign out of %1?', nameInMessage(vaultName(translate, vault))),
    body: trans.__('Its secrets stay where they are. The editors on the machine of this server forget the sign-in.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      ...(vault.tokenPlace === 'shared-entry' ? [everywhere] : []),
      Dialog.okButton({ label: trans.__('Sign Out') }),
    ],
    defaultButton: 0,
  });
  if (!button.accept) throw failure('cancelled');
  return button.label === everywhere.label;
}
