import { listIcon } from '@jupyterlab/ui-components';

import { COMMANDS } from '../tokens.ts';
import { type Command, NO_ARGS } from './command.ts';
import { paletteClosed } from './open-panel.ts';

/** Lists what notebooks may use, where it can be taken back. */
export const manageGrants: Command = {
  id: COMMANDS.grants,
  label: (trans) => trans.__('What Notebooks May Use…'),
  caption: (trans) => trans.__('Lists which notebooks may use which secrets, to take it back'),
  icon: listIcon,
  args: NO_ARGS,
  async run({ panel }) {
    await paletteClosed();
    await panel.open({ kind: 'grants' });
    return true;
  },
};
