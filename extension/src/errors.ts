import * as vscode from 'vscode';

import { type ErrorAction, explain, oneLine, toSecretsError } from '@datalayer-secrets/shared';

import type { Command, Deps } from './commands/command.ts';
import { t } from './l10n.ts';
import type { Log } from './log.ts';

/** The one edge of all commands: runs them, knows whether one runs, and shows what they throw. */
export class Edge {
  readonly #log: Log;
  readonly #load: () => Promise<readonly Command[]>;
  #running = 0;

  /** `load`: the commands, loaded when one is called for the first time. */
  constructor(log: Log, load: () => Promise<readonly Command[]>) {
    this.#log = log;
    this.#load = load;
  }

  /** Whether the user waits for a command now. */
  get busy(): boolean {
    return this.#running > 0;
  }

  /** Registers the commands that the manifest declares. */
  register(deps: Deps): vscode.Disposable {
    const { contributes } = deps.context.extension.packageJSON as Manifest;
    return vscode.Disposable.from(
      ...contributes.commands.map(({ command }) =>
        vscode.commands.registerCommand(command, (...args: unknown[]) => this.#run(command, deps, args)),
      ),
    );
  }

  /** Resolves with what the command returned, or undefined when it failed: the failure is shown, not thrown. */
  async #run(id: string, deps: Deps, args: readonly unknown[]): Promise<unknown> {
    const began = Date.now();
    this.#running += 1;
    try {
      const command = (await this.#load()).find((one) => `datalayerSecrets.${one.id}` === id);
      const result = await command?.run(deps, ...args);
      this.#log.info(id, { ms: Date.now() - began });
      return result;
    } catch (error) {
      const { kind } = toSecretsError(error);
      this.#log[kind === 'cancelled' ? 'info' : 'error'](id, { kind, ms: Date.now() - began });
      // Not awaited: a message stays as long as the user likes, the command is over.
      if (kind !== 'cancelled') void this.#show(error, id, deps, args);
      return undefined;
    } finally {
      this.#running -= 1;
    }
  }

  async #show(error: unknown, id: string, deps: Deps, args: readonly unknown[]): Promise<void> {
    const action = await showError(error, Object.keys(ANSWERS) as ErrorAction[]);
    if (!action) return;
    const answer = ANSWERS[action];
    const done: unknown = answer?.command ? await vscode.commands.executeCommand(...answer.command) : true;
    if (answer?.again && done) await this.#run(id, deps, args);
  }
}

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

interface Answer {
  readonly command?: readonly [id: string, ...args: unknown[]];
  /** Then the failed command runs again. */
  readonly again?: boolean;
}

/** What a button under an error does. The others need the flow they arose in, which shows its errors itself. */
const ANSWERS: Partial<Record<ErrorAction, Answer>> = {
  retry: { again: true },
  unlock: { command: ['datalayerSecrets.unlock'], again: true },
  'set-up': { command: ['datalayerSecrets.useLocalVault'] },
  'sign-in': { command: ['datalayerSecrets.signIn'], again: true },
  'open-log': { command: ['datalayerSecrets.showLog'] },
  refresh: { command: ['datalayerSecrets.refresh'] },
  'open-settings': { command: ['workbench.action.openSettings', 'datalayerSecrets'] },
  update: { command: ['workbench.extensions.action.checkForUpdates'] },
};

/** The command behind an action, for a row that offers it; trying again is loading again there. */
export function actionCommand(action: ErrorAction): readonly [id: string, ...args: unknown[]] | undefined {
  return action === 'retry' ? ['datalayerSecrets.refresh'] : ANSWERS[action]?.command;
}

export function actionTitle(action: ErrorAction): string {
  switch (action) {
    case 'retry':
      return t('Try Again');
    case 'unlock':
      return t('Unlock');
    case 'set-up':
      return t('Use the Local Vault');
    case 'sign-in':
      return t('Sign In');
    case 'open-log':
      return t('Show Log');
    case 'refresh':
      return t('Refresh');
    case 'choose-name':
      return t('Choose Another Name');
    case 'replace-value':
      return t('Replace Value');
    case 'open-settings':
      return t('Open Settings');
    case 'update':
      return t('Check for Updates');
    case 'show-existing':
      return t('Show Existing Secret');
  }
}

/** What happened and what to do, in one line. */
export function errorText(error: unknown): string {
  const { what, advice } = explain(error, t);
  // `[text](command:…)` in a notification would be a link.
  return oneLine(advice === '' ? what : `${what} ${advice}`).replaceAll('](', ']\u200b(');
}

/** Shows an error with those of its actions that are offered; resolves with the one that was clicked. */
export async function showError(error: unknown, offered: readonly ErrorAction[]): Promise<ErrorAction | undefined> {
  const actions = explain(error, t).actions.filter((action) => offered.includes(action));
  const items = actions.map((action) => ({ title: actionTitle(action), action }));
  return (await vscode.window.showErrorMessage(errorText(error), ...items))?.action;
}
