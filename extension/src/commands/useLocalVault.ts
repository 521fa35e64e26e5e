import * as vscode from 'vscode';

import { setUp } from '../opening/setUp.ts';
import type { Command } from './command.ts';

/** Makes the local vault, and goes on to the first secret. One that is there already is opened. */
export const useLocalVault: Command = {
  id: 'useLocalVault',
  async run(deps) {
    await setUp(await deps.service());
    deps.opening.allowQuiet(true);
    await deps.model.refresh({ start: true });
    const [vault] = await deps.ready('local');
    const { list } = vault;
    const empty = (list.kind === 'ready' || list.kind === 'stale') && list.secrets.length === 0;
    // Not awaited: the vault is there whether or not a secret follows.
    if (empty) void vscode.commands.executeCommand('datalayerSecrets.createSecret', { vaultId: 'local' });
    return true;
  },
};
