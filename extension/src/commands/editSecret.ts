import { faultyPart, type SecretChanges } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { briefly } from '../briefly.ts';
import { attempt, failureText } from '../input/attempt.ts';
import { oneSecret, recents } from '../input/secret-pick.ts';
import { descriptionStep, nameStep, typeStep, type SecretDraft } from '../input/secret-steps.ts';
import { walk } from '../input/steps.ts';
import { inMessage } from '../shown.ts';
import { namesIn } from './createSecret.ts';
import type { Command } from './command.ts';

/** Changes name, type or description. The value is not touched and not sent. */
export const editSecret: Command = {
  id: 'editSecret',
  async run(deps, ...args) {
    const { l10n } = vscode;
    const { vaultId, secret } = await oneSecret(deps, args, l10n.t('Edit a Secret'));
    const draft: SecretDraft = {
      title: l10n.t('Edit {0}', inMessage(secret.name)),
      vaultId,
      name: secret.name,
      type: secret.type,
      description: secret.description,
      failure: null,
    };
    const steps = [
      nameStep(() => namesIn(deps, vaultId).filter((name) => name !== secret.name)),
      typeStep(),
      descriptionStep,
    ];
    for (;;) {
      await walk(steps, draft, draft.failure?.step);
      const changes: SecretChanges = {
        ...(draft.name !== secret.name && { name: draft.name }),
        ...(draft.type !== null && draft.type !== secret.type && { type: draft.type }),
        ...(draft.description !== secret.description && { description: draft.description }),
      };
      if (Object.keys(changes).length === 0) return { vaultId, secret };
      if (changes.name !== undefined && !(await confirmRename(secret.name, changes.name))) {
        draft.failure = { step: 'name', text: l10n.t('Nothing is changed yet.') };
        continue;
      }
      const outcome = await attempt(deps, vaultId, l10n.t('Changing {0}…', inMessage(secret.name)), (signal) =>
        deps.model.update(vaultId, secret, changes, { signal }),
      );
      if (!outcome.failed) {
        const ref = { vaultId, secret: outcome.done };
        recents.touch(ref);
        briefly(l10n.t('{0} is changed.', inMessage(outcome.done.name)));
        return ref;
      }
      const part = faultyPart(outcome.failed);
      draft.failure = { step: part === 'name' ? part : 'description', text: failureText(outcome.failed) };
    }
  },
};

async function confirmRename(before: string, after: string): Promise<boolean> {
  const { l10n, window } = vscode;
  const rename = l10n.t('Rename');
  const chosen = await window.showWarningMessage(
    l10n.t('Rename {0} to {1}?', inMessage(before), inMessage(after)),
    { modal: true, detail: l10n.t('References go by name: those to {0} find nothing afterwards.', inMessage(before)) },
    rename,
  );
  return chosen === rename;
}
