import { Notification } from '@jupyterlab/apputils';

import { notebookName } from '../kernels/words.ts';
import { COMMANDS } from '../tokens.ts';
import { activeState } from './active-notebook.ts';
import type { Command } from './command.ts';
import { briefly } from './progress.ts';

/** Whether values are taken out of what the cells of the notebook in sight print. */
export const toggleRedaction: Command = {
  id: COMMANDS.redaction,
  label: (trans) => trans.__('Turn Redaction in This Notebook Off or On'),
  caption: (trans) => trans.__('Shows values that cells print as [NAME], or as they are'),
  args: {
    type: 'object',
    properties: {
      on: { type: 'boolean', description: 'Whether outputs are redacted. Without it they are when they were not.' },
    },
  },
  isEnabled: ({ kernels }) => kernels.panel !== null,
  async run(deps, args) {
    const { kernels, commands, trans } = deps;
    const { path, redaction } = await activeState(deps);
    const on = typeof args['on'] === 'boolean' ? args['on'] : !redaction;
    await kernels.setRedaction(path, on);
    if (on) briefly(trans.__('Outputs of %1 are redacted.', notebookName(path)));
    else
      Notification.warning(trans.__('Outputs of %1 show values as they are from now on.', notebookName(path)), {
        autoClose: 10_000,
        actions: [
          { label: trans.__('Redact'), callback: () => void commands.execute(COMMANDS.redaction, { on: true }) },
        ],
      });
    return on;
  },
};
