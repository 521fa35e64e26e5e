import * as vscode from 'vscode';

import { findSecret as find } from '../input/secret-pick.ts';
import type { Command } from './command.ts';

/** Finds a secret by typing. Enter inserts a reference; the buttons of a row copy it or delete the secret. */
export const findSecret: Command = {
  id: 'findSecret',
  async run(deps) {
    const { l10n, ThemeIcon } = vscode;
    const insert = { iconPath: new ThemeIcon('insert'), tooltip: l10n.t('Insert a reference') };
    const copy = { iconPath: new ThemeIcon('copy'), tooltip: l10n.t('Copy a reference') };
    const remove = { iconPath: new ThemeIcon('trash'), tooltip: l10n.t('Delete…') };
    const { ref, button } = await find(deps, {
      title: l10n.t('Find a Secret'),
      placeholder: l10n.t('Type a part of its name, description or type. Enter inserts a reference.'),
      buttons: [insert, copy, remove],
    });
    const command = button === copy ? 'copyReference' : button === remove ? 'deleteSecret' : 'insertReference';
    await vscode.commands.executeCommand(`datalayerSecrets.${command}`, ref);
    return ref;
  },
};
