import { searchIcon } from '@jupyterlab/ui-components';

import { COMMANDS } from '../tokens.ts';
import { type Command, NO_ARGS } from './command.ts';

export const findSecret: Command = {
  id: COMMANDS.find,
  label: (trans) => trans.__('Find Secret'),
  caption: (trans) => trans.__('Shows the secrets panel with the cursor in its search box'),
  icon: searchIcon,
  args: NO_ARGS,
  run(deps) {
    deps.panel.search();
    return Promise.resolve(true);
  },
};
