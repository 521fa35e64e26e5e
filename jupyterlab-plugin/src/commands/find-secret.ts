import { searchIcon } from '@jupyterlab/ui-components';

import { COMMANDS } from '../tokens.ts';
import { type Command, NO_ARGS } from './command.ts';
import { paletteClosed } from './open-panel.ts';

export const findSecret: Command = {
  id: COMMANDS.find,
  label: (trans) => trans.__('Find Secret'),
  caption: (trans) => trans.__('Shows the secrets panel with the cursor in its search box'),
  icon: searchIcon,
  args: NO_ARGS,
  async run(deps) {
    await paletteClosed();
    deps.panel.search();
    return true;
  },
};
