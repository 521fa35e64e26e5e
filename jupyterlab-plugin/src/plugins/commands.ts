import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, type ISessionContext, ISessionContextDialogs } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';

import { runCommand } from '../commands/edge.ts';
import { ALL } from '../commands/index.ts';
import { refOfRow } from '../insert/drag.ts';
import { IReferences } from '../insert/references.ts';
import { IKernelSecrets, ISecrets, ISecretsPanel, type SecretRef } from '../tokens.ts';
import { depsOf } from './deps.ts';

export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@datalayer-secrets/jupyterlab:commands',
  description: 'Adds the commands on secrets, which panel, palette, menus and shortcuts share.',
  autoStart: true,
  requires: [ISecrets, IKernelSecrets, ISecretsPanel, IReferences],
  optional: [ITranslator, ICommandPalette, ISessionContextDialogs],
  activate: (
    app,
    secrets: ISecrets,
    kernels: IKernelSecrets,
    panel: ISecretsPanel,
    references: IReferences,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    dialogs: ISessionContext.IDialogs | null,
  ): void => {
    const { commands } = app;
    const underMenu = (): SecretRef | null => {
      const row = app.contextMenuHitTest((node) => refOfRow(node) !== null);
      return row ? refOfRow(row) : null;
    };
    const deps = depsOf({ commands, secrets, kernels, panel, references, underMenu }, { translator, dialogs });
    const { trans } = deps;
    const category = trans.__('Secrets');
    for (const command of ALL) {
      commands.addCommand(command.id, {
        label: (args) => command.label(trans, args),
        caption: command.caption(trans),
        ...(command.icon && { icon: command.icon }),
        isEnabled: (args) => command.isEnabled?.(deps, args) ?? true,
        describedBy: { args: command.args },
        execute: (args) => runCommand(command, deps, args),
      });
      palette?.addItem({ command: command.id, category });
    }
    const tell = (): void => {
      for (const { id, isEnabled } of ALL) if (isEnabled) commands.notifyCommandChanged(id);
    };
    secrets.model.onChange(tell);
    secrets.changed.connect(tell);
  },
};
