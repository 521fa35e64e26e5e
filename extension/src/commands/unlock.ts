import * as vscode from 'vscode';

import { unlock as open } from '../opening/unlock.ts';
import type { Command } from './command.ts';

/** Opens what is locked, or, with nothing to open yet, leads to the first vault. */
export const unlock: Command = {
  id: 'unlock',
  async run(deps) {
    const client = await deps.service();
    deps.opening.allowQuiet(true);
    const [status, { vaults }] = await Promise.all([client.status(), client.vaults()]);
    if (status.state === 'locked' || vaults.some(({ state }) => state === 'locked')) {
      await open(client);
      vscode.window.setStatusBarMessage(vscode.l10n.t('Your secrets are unlocked.'), 5000);
    }
    await deps.model.refresh({ start: true });
    await deps.ready();
    return true;
  },
};
