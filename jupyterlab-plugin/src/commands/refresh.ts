import { refreshIcon } from '@jupyterlab/ui-components';

import { COMMANDS } from '../tokens.ts';
import { type Command, NO_ARGS } from './command.ts';

export const refresh: Command = {
  id: COMMANDS.refresh,
  label: (trans) => trans.__('Refresh Secrets'),
  caption: (trans) => trans.__('Loads the lists of all vaults anew'),
  icon: refreshIcon,
  args: NO_ARGS,
  async run({ secrets: { model } }) {
    await model.refresh({ start: true });
    return true;
  },
};
