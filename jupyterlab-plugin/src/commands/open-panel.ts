import { COMMANDS } from '../tokens.ts';
import { secretsIcon } from '../icons.ts';
import { type Command, NO_ARGS } from './command.ts';

export const openPanel: Command = {
  id: COMMANDS.open,
  label: (trans) => trans.__('Show Secrets Panel'),
  caption: (trans) => trans.__('Shows the secrets panel'),
  icon: secretsIcon,
  args: NO_ARGS,
  async run(deps) {
    await paletteClosed();
    deps.panel.activate();
    return true;
  },
};

/** The palette gives the focus back to the document as soon as it has called a command. */
export function paletteClosed(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
