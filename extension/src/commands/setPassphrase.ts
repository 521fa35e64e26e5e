import * as vscode from 'vscode';

import { askNewPassphrase } from '../opening/hiddenBox.ts';
import { whileShown } from '../progress.ts';
import type { Command } from './command.ts';

/** Gives the local vault a passphrase, or another one. The other ways of opening it stay. */
export const setPassphrase: Command = {
  id: 'setPassphrase',
  async run(deps) {
    const { l10n, window } = vscode;
    await deps.ready('local');
    const client = await deps.service();
    const passphrase = await askNewPassphrase(l10n.t('Passphrase of the Local Vault'));
    await whileShown(l10n.t('Setting the passphrase…'), (signal) => client.setPassphrase(passphrase, { signal }));
    await deps.model.refresh({ start: true });
    void window.showInformationMessage(
      l10n.t('The passphrase is set. It opens the vault from now on, also on a machine without this keychain.'),
    );
    return true;
  },
};
