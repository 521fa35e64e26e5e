import * as path from 'node:path';
import * as vscode from 'vscode';

import { SecretsModel, ServiceClient } from '@datalayer-secrets/shared';

import { changesOf } from './changes.ts';
import type { Deps } from './commands/command.ts';
import { ensure } from './ensure.ts';
import { Edge, showError } from './errors.ts';
import { LogChannel } from './log.ts';
import { Opening } from './opening/opening.ts';
import { proxySettings } from './proxy.ts';
import { LocalService } from './service.ts';
import { SecretsView } from './views/secretsView.ts';

let present: LocalService | undefined;

/** What lives as long as the window, and who gets what. Nothing here waits, asks the network or starts a process. */
export function activate(context: vscode.ExtensionContext): void {
  const file = path.join(context.extensionPath, 'dist', 'service', 'service.cjs');
  const log = new LogChannel();
  const edge = new Edge(log, async () => (await import('./commands/index.ts')).COMMANDS);
  const local = new LocalService({
    ensure: (options) => ensure({ file, environment: proxySettings(), ...options }),
    mayStart: () => edge.busy,
    log,
  });
  const opening = new Opening(local, log);
  const model = new SecretsModel({ connect: opening.connect, changes: () => changesOf(local.client) });
  const view = new SecretsView(model, opening);

  const running = async (start: boolean): Promise<ServiceClient | null> => {
    const found = await local.find({ start });
    return found instanceof ServiceClient ? found : null;
  };
  const service = async (): Promise<ServiceClient> => (await running(true)) ?? local.client;
  const deps: Deps = {
    context,
    model,
    log,
    opening,
    tree: view,
    service,
    running: () => running(false),
    secretsOf: async (vaultId) => (await service()).secrets(vaultId),
    ready: async (vaultId) => {
      const { ready } = await import('./commands/index.ts');
      return ready({ model, watched: () => view.tree.visible, service }, vaultId);
    },
    explain: showError,
  };

  present = local;
  // Disposed in this order: first what asks, last what answers.
  context.subscriptions.push(edge.register(deps), opening.attend(view.tree, model), view, model, local, log);
}

/** The editor ends or updates us: the service may end too. */
export function deactivate(): Promise<void> | undefined {
  return present?.leave();
}
