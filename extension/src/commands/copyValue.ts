import * as vscode from 'vscode';

import { briefly } from '../briefly.ts';
import { CLIPBOARD_MS } from '../clipboard.ts';
import { oneSecret, recents } from '../input/secret-pick.ts';
import { whileShown } from '../progress.ts';
import { inMessage } from '../shown.ts';
import type { Command } from './command.ts';

/** Reveals a value into the clipboard, for a minute. It is not shown and not returned. */
export const copyValue: Command = {
  id: 'copyValue',
  async run(deps, ...args) {
    const { l10n } = vscode;
    const ref = await oneSecret(deps, args, l10n.t('Copy the Value of a Secret'));
    const secrets = await deps.secretsOf(ref.vaultId);
    const name = inMessage(ref.secret.name);
    const value = await whileShown(l10n.t('Revealing {0}…', name), (signal) => secrets.reveal(ref.secret, { signal }));
    await deps.copied.copy(value.expose());
    recents.touch(ref);
    briefly(
      l10n.t('The value of {0} is in the clipboard for {1} seconds.', name, CLIPBOARD_MS / 1000),
      CLIPBOARD_MS / 1000,
    );
  },
};
