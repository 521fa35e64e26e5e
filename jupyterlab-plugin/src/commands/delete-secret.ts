import { failure, oneLine, SecretsError } from '@datalayer-secrets/shared';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { deleteIcon } from '@jupyterlab/ui-components';

import { COMMANDS } from '../tokens.ts';
import { type Command, type Deps, isOnSecret, SECRET_ARGS } from './command.ts';
import { briefly, whileShown } from './progress.ts';
import { oneSecret } from './secret-pick.ts';
import { nameInMessage } from './words.ts';

/** Deletes a secret for good, after asking with its name. */
export const deleteSecret: Command = {
  id: COMMANDS.delete,
  label: (trans, args) => (isOnSecret(args) ? trans.__('Delete…') : trans.__('Delete Secret…')),
  caption: (trans) => trans.__('Deletes a secret for good'),
  icon: deleteIcon,
  args: SECRET_ARGS,
  async run(deps, args) {
    const { trans, secrets } = deps;
    const { vault, secret } = await oneSecret(deps, args, trans.__('Delete a Secret'));
    await confirm(deps, secret.name);
    await whileShown(trans, trans.__('Deleting…'), (signal) =>
      secrets.model.delete(vault, secret, { signal }).catch(ignoreGone),
    );
    briefly(trans.__('%1 is deleted.', nameInMessage(secret.name)));
    return true;
  },
};

async function confirm({ trans }: Deps, name: string): Promise<void> {
  const { button } = await showDialog({
    title: trans.__('Delete the secret %1?', oneLine(name)),
    body: trans.__('This cannot be undone. References to it find nothing afterwards.'),
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0,
  });
  if (!button.accept) throw failure('cancelled');
}

/** Deleted elsewhere meanwhile: that is what was asked for. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof SecretsError) || error.kind !== 'not_found') throw error;
}
