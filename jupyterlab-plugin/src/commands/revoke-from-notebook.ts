import type { NotebookPanel } from '@jupyterlab/notebook';

import type { Grant } from '../kernels/notebook-state.ts';
import { offerRestart } from '../kernels/restart.ts';
import { notebookName } from '../kernels/words.ts';
import { COMMANDS } from '../tokens.ts';
import { activeNotebook, activeState } from './active-notebook.ts';
import { type Command, type Deps, isOnSecret, refFrom, SECRET_ARGS } from './command.ts';
import { manageGrants } from './manage-grants.ts';
import { briefly } from './progress.ts';
import { secretOf } from './secret-pick.ts';
import { nameInMessage } from './words.ts';

/** Takes back what was allowed to the notebook in sight; without a secret that is chosen from all that was allowed. */
export const revokeFromNotebook: Command = {
  id: COMMANDS.revoke,
  label: (trans, args) =>
    isOnSecret(args) ? trans.__('Revoke from This Notebook') : trans.__('Revoke Secret from Notebook…'),
  caption: (trans) => trans.__('Takes the secret from the kernel of the notebook'),
  args: SECRET_ARGS,
  isEnabled: ({ kernels }, args) => !isOnSecret(args) || kernels.panel !== null,
  async run(deps, args) {
    const ref = refFrom(deps, args);
    const name = ref && secretOf(deps, ref)?.name;
    if (!ref || name === null || name === undefined) return manageGrants.run(deps, args);
    const panel = activeNotebook(deps);
    const grant = { vault: ref.vault, name };
    await deps.kernels.revoke((await activeState(deps)).id, grant);
    await tell(deps, panel, grant);
    return true;
  },
};

async function tell(deps: Deps, panel: NotebookPanel, { vault, name }: Grant): Promise<void> {
  const { kernels, trans } = deps;
  const { path, secrets } = await kernels.of(kernels.placeOf(panel));
  const words = [notebookName(path), nameInMessage(name)];
  const left = secrets.find((one) => one.vault === vault && one.name === name);
  if (left?.state === 'restart')
    offerRestart(
      deps,
      panel,
      trans.__('%1 may not use %2 any more; its kernel has it until it is restarted.', ...words),
    );
  else briefly(trans.__('%1 may not use %2 any more.', ...words));
}
