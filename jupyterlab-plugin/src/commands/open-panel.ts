import { COMMANDS } from '../tokens.ts';
import { secretsIcon } from '../icons.ts';
import { type Command, NO_ARGS } from './command.ts';

export const openPanel: Command = {
  id: COMMANDS.open,
  label: (trans) => trans.__('Show Secrets Panel'),
  caption: (trans) => trans.__('Shows the secrets panel'),
  icon: secretsIcon,
  args: NO_ARGS,
  run(deps) {
    deps.panel.activate();
    return Promise.resolve(true);
  },
};
