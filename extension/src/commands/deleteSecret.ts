import { SecretsError } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { briefly } from '../briefly.ts';
import { oneSecret } from '../input/secret-pick.ts';
import { whileShown } from '../progress.ts';
import { inMessage } from '../shown.ts';
import { targets, type Command, type Deps, type SecretRef } from './command.ts';

/** Names in the question; more make it unreadable. */
const NAMED = 15;

/** Deletes secrets for good, after asking with their names. */
export const deleteSecret: Command = {
  id: 'deleteSecret',
  async run(deps, ...args) {
    const { l10n } = vscode;
    const given = targets(deps, args);
    const refs = given.length > 0 ? given : [await oneSecret(deps, [], l10n.t('Delete a Secret'))];
    await confirm(refs);
    const title = refs.length === 1 ? l10n.t('Deleting…') : l10n.t('Deleting {0} secrets…', refs.length);
    await whileShown(title, (signal) => deleteAll(deps, refs, signal));
    const [first] = refs;
    briefly(
      first && refs.length === 1
        ? l10n.t('{0} is deleted.', inMessage(first.secret.name))
        : l10n.t('{0} secrets are deleted.', refs.length),
    );
  },
};

async function confirm(refs: readonly SecretRef[]): Promise<void> {
  const { l10n, window } = vscode;
  const names = refs.map(({ secret }) => inMessage(secret.name));
  const final = l10n.t('This cannot be undone. References to it find nothing afterwards.');
  const listed = [
    ...names.slice(0, NAMED),
    ...(names.length > NAMED ? [l10n.t('… and {0} more', names.length - NAMED)] : []),
  ];
  const remove = l10n.t('Delete');
  const chosen =
    names[0] !== undefined && names.length === 1
      ? await window.showWarningMessage(
          l10n.t('Delete the secret {0}?', names[0]),
          { modal: true, detail: final },
          remove,
        )
      : await window.showWarningMessage(
          l10n.t('Delete these {0} secrets?', names.length),
          {
            modal: true,
            detail: [...listed, '', l10n.t('This cannot be undone. References to them find nothing afterwards.')].join(
              '\n',
            ),
          },
          remove,
        );
  if (chosen !== remove) throw new SecretsError('cancelled', 'Not deleted.');
}

/** One after the other, until one fails. Says how far it came then. */
async function deleteAll(deps: Deps, refs: readonly SecretRef[], signal: AbortSignal): Promise<void> {
  let deleted = 0;
  try {
    for (const { vaultId, secret } of refs) {
      signal.throwIfAborted();
      await deps.model.delete(vaultId, secret, { signal }).catch(ignoreGone);
      deleted++;
    }
  } finally {
    if (deleted > 0 && deleted < refs.length) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('{0} of {1} secrets are deleted; the others are still there.', deleted, refs.length),
      );
    }
  }
}

/** Deleted elsewhere meanwhile: that is what was asked for. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof SecretsError) || error.kind !== 'not_found') throw error;
}
