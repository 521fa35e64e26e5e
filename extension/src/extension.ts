import * as path from 'node:path';
import * as vscode from 'vscode';

import { SecretsModel, ServiceClient } from '@datalayer-secrets/shared';

import { changesOf } from './changes.ts';
import { ClipboardGuard } from './clipboard.ts';
import type { Deps } from './commands/command.ts';
import { ensure } from './ensure.ts';
import { Edge, showError } from './errors.ts';
import { LogChannel } from './log.ts';
import { Opening } from './opening/opening.ts';
import { proxySettings } from './proxy.ts';
import { LocalService } from './service.ts';
import { SecretsView } from './views/secretsView.ts';

let present: { readonly local: LocalService; readonly copied: ClipboardGuard } | undefined;

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

  const { window, env, UIKind } = vscode;
  // A page can read the clipboard only while it has the focus.
  const copied = new ClipboardGuard(env.clipboard, () => env.uiKind === UIKind.Desktop || window.state.focused);

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
    copied,
    service,
    running: () => running(false),
    secretsOf: async (vaultId) => (await service()).secrets(vaultId),
    ready: async (vaultId) => {
      const { ready } = await import('./commands/index.ts');
      return ready({ model, watched: () => view.tree.visible, service }, vaultId);
    },
    explain: showError,
  };

  present = { local, copied };
  // Disposed in this order: first what asks, last what answers.
  const focused = window.onDidChangeWindowState(() => void copied.retry());
  context.subscriptions.push(edge.register(deps), focused, opening.attend(view.tree, model), view, model, local, log);
}

/** The editor ends or updates us: no copied value stays behind, and the service may end too. */
export async function deactivate(): Promise<void> {
  await Promise.allSettled([present?.copied.clear(), present?.local.leave()]);
}
