import { type ErrorAction, type ErrorText, explain, oneLine, toSecretsError } from '@datalayer-secrets/shared';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';

import { wayOf, type Way } from '../panel/actions.ts';
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

/** After these what failed runs again. */
const AGAIN: readonly ErrorAction[] = ['retry', 'unlock', 'sign-in'];

/** Shows what happened and what to do, with buttons for it. `again` does once more what failed. */
export function showError(deps: Deps, error: unknown, again: () => Promise<unknown>): void {
  showProblem(deps, explain(error, deps.translate), again);
}

export function showProblem(deps: Deps, { what, advice, actions }: ErrorText, again: () => Promise<unknown>): void {
  const { trans, commands } = deps;
  const whole = oneLine(`${what} ${advice}`);
  const buttons = actions.flatMap((action): Notification.IAction[] => {
    const way = wayOf(deps.translate, action);
    const go = async ({ command }: Way): Promise<void> => {
      const done: unknown = action === 'retry' || (await commands.execute(command));
      if (done && AGAIN.includes(action)) await again();
    };
    return way ? [{ label: way.label, callback: () => void go(way) }] : [];
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
