import * as vscode from 'vscode';

import type { Command } from './command.ts';

/** Loads all lists anew. */
export const refresh: Command = {
  id: 'refresh',
  async run(deps) {
    await vscode.window.withProgress({ location: { viewId: 'datalayerSecrets.secrets' } }, () =>
      deps.model.refresh({ start: true }),
    );
    return true;
  },
};
