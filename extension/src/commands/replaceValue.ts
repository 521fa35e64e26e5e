import * as vscode from 'vscode';

import { attempt, failureText } from '../input/attempt.ts';
import { oneSecret, recents } from '../input/secret-pick.ts';
import { askValue } from '../input/value-box.ts';
import { ValueEntry } from '../input/value-entry.ts';
import { inMessage } from '../shown.ts';
import type { Command } from './command.ts';

/** Puts a new value under the same name. What was typed stays until it is stored. */
export const replaceValue: Command = {
  id: 'replaceValue',
  async run(deps, ...args) {
    const { l10n, window } = vscode;
    const { vaultId, secret } = await oneSecret(deps, args, l10n.t('Replace the Value of a Secret'));
    const name = inMessage(secret.name);
    const entry = new ValueEntry();
    let failure: string | undefined;
    for (;;) {
      await askValue(l10n.t('Replace the Value of {0}', name), { step: 1, of: 1, canGoBack: false }, entry, {
        prompt: l10n.t('The new value. The old one is gone then; references stay as they are.'),
        failure,
      });
      const outcome = await attempt(deps, vaultId, l10n.t('Replacing the value of {0}…', name), (signal) =>
        deps.model.replaceValue(vaultId, secret, entry.value, { signal }),
      );
      if (!outcome.failed) {
        const ref = { vaultId, secret: outcome.done };
        recents.touch(ref);
        void window.showInformationMessage(l10n.t('{0} is replaced; what runs already keeps the old value.', name));
        return ref;
      }
      failure = failureText(outcome.failed);
    }
  },
};
