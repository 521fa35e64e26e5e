import { Notification } from '@jupyterlab/apputils';

import { notebookName } from '../kernels/words.ts';
import { COMMANDS } from '../tokens.ts';
import { activeState } from './active-notebook.ts';
import type { Command, Deps } from './command.ts';
import { showError } from './edge.ts';
import { briefly } from './progress.ts';

/** The message that it is off, by the path of the notebook. */
const warnings = new Map<string, string>();

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
    const { kernels } = deps;
    const { path, redaction } = await activeState(deps);
    const on = typeof args['on'] === 'boolean' ? args['on'] : !redaction;
    await kernels.setRedaction(path, on);
    if (on) tellOn(deps, path);
    else tellOff(deps, path);
    return on;
  },
};

function tellOn({ trans }: Deps, path: string): void {
  Notification.dismiss(warnings.get(path) ?? '');
  warnings.delete(path);
  briefly(trans.__('Outputs of %1 are redacted.', notebookName(path)));
}

function tellOff(deps: Deps, path: string): void {
  const { kernels, trans } = deps;
  // Of this notebook, whichever is in sight by then.
  const redact = async (): Promise<void> => {
    try {
      await kernels.setRedaction(path, true);
      tellOn(deps, path);
    } catch (error) {
      showError(deps, error, redact);
    }
  };
  const id = Notification.warning(trans.__('Outputs of %1 show values as they are from now on.', notebookName(path)), {
    autoClose: 10_000,
    actions: [{ label: trans.__('Redact'), callback: () => void redact() }],
  });
  warnings.set(path, id);
}
