import { type ErrorAction, explain, oneLine, toSecretsError } from '@datalayer-secrets/shared';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { COMMANDS } from '../tokens.ts';
import type { Args, Command, Deps } from './command.ts';

/** Longer messages are cut off by JupyterLab. */
const LONGEST = 140;

/** The one edge of all commands: runs them and shows what they throw. Undefined when they failed. */
export async function runCommand(command: Command, deps: Deps, args: Args): Promise<unknown> {
  try {
    return await command.run(deps, args);
  } catch (error) {
    if (toSecretsError(error).kind !== 'cancelled') showError(deps, error, () => runCommand(command, deps, args));
    return undefined;
  }
}

interface Answer {
  readonly label: string;
  readonly command?: string;
  /** Then what failed runs again. */
  readonly again?: boolean;
}

/** The button for a way on that the table of errors names; null for those that need the form they arose in, or are not in a page. */
function answerTo(trans: TranslationBundle, action: ErrorAction): Answer | null {
  switch (action) {
    case 'retry':
      return { label: trans.__('Try Again'), again: true };
    case 'unlock':
      return { label: trans.__('Unlock'), command: COMMANDS.unlock, again: true };
    case 'set-up':
      return { label: trans.__('Use the Local Vault'), command: COMMANDS.useLocalVault };
    case 'sign-in':
      return { label: trans.__('Sign In…'), command: COMMANDS.signIn, again: true };
    case 'refresh':
      return { label: trans.__('Refresh'), command: COMMANDS.refresh };
    case 'open-log':
    case 'choose-name':
    case 'replace-value':
    case 'open-settings':
    case 'update':
    case 'show-existing':
      return null;
  }
}

/** Shows what happened and what to do, with buttons for it. `again` does once more what failed. */
export function showError(deps: Deps, error: unknown, again: () => Promise<unknown>): void {
  const { trans, commands } = deps;
  const { what, advice, actions } = explain(error, deps.translate);
  const whole = oneLine(`${what} ${advice}`);
  const answer = async ({ command, again: once }: Answer): Promise<void> => {
    const done: unknown = command === undefined ? true : await commands.execute(command);
    if (once && done) await again();
  };
  const buttons = actions.flatMap((action): Notification.IAction[] => {
    const known = answerTo(trans, action);
    return known ? [{ label: known.label, callback: () => void answer(known) }] : [];
  });
  const short = whole.length <= LONGEST;
  const more: Notification.IAction = {
    label: trans.__('What to Do…'),
    callback: (event) => {
      event.preventDefault(); // the message stays, with its other buttons
      void showDialog({
        title: oneLine(what),
        body: oneLine(advice),
        buttons: [Dialog.okButton({ label: trans.__('Close') })],
      });
    },
  };
  Notification.error(short ? whole : oneLine(what), {
    autoClose: false,
    actions: short ? buttons : [...buttons, more],
  });
}
