import * as vscode from 'vscode';

import type { Command } from './command.ts';

/** Locks the local vault for all editors. Starts nothing: what does not run is locked. */
export const lock: Command = {
  id: 'lock',
  async run(deps) {
    deps.opening.allowQuiet(false);
    const client = await deps.running();
    await client?.lock();
    await deps.model.refresh({ start: false });
    vscode.window.setStatusBarMessage(vscode.l10n.t('The local vault is locked.'), 5000);
    return true;
  },
};
