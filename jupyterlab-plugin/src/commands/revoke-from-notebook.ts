import { failure } from '@datalayer-secrets/shared';
import { InputDialog } from '@jupyterlab/apputils';

import type { Grant, NotebookState } from '../kernels/notebook-state.ts';
import { offerRestart } from '../kernels/restart.ts';
import { notebookName } from '../kernels/words.ts';
import { COMMANDS } from '../tokens.ts';
import { activeNotebook, activeState } from './active-notebook.ts';
import { type Args, type Command, type Deps, isOnSecret, refFrom, SECRET_ARGS } from './command.ts';
import { briefly } from './progress.ts';
import { secretOf } from './secret-pick.ts';
import { nameInMessage } from './words.ts';

/** Takes back what was allowed to the notebook in sight. */
export const revokeFromNotebook: Command = {
  id: COMMANDS.revoke,
  label: (trans, args) =>
    isOnSecret(args) ? trans.__('Revoke from This Notebook') : trans.__('Revoke Secret from This Notebook…'),
  caption: (trans) => trans.__('Takes the secret from the kernel of the notebook'),
  args: SECRET_ARGS,
  isEnabled: ({ kernels }) => kernels.panel !== null,
  async run(deps, args) {
    const panel = activeNotebook(deps);
    const state = await activeState(deps);
    const grant = grantFrom(deps, args) ?? (await choose(deps, state));
    await deps.kernels.revoke(state.id, grant);
    await tell(deps, panel, grant);
    return true;
  },
};

function grantFrom(deps: Deps, args: Args): Grant | null {
  const ref = refFrom(deps, args);
  const name = ref && secretOf(deps, ref)?.name;
  return ref && name !== undefined && name !== null ? { vault: ref.vault, name } : null;
}

/** Also of secrets that are not there any more, or not to be seen now. @throws cancelled */
async function choose({ trans }: Deps, { path, secrets }: NotebookState): Promise<Grant> {
  const granted = secrets.filter((one) => one.granted);
  if (granted.length === 0) {
    briefly(trans.__('%1 may use no secret.', notebookName(path)));
    throw failure('cancelled');
  }
  const items = granted.map(({ name, vault }) => `${nameInMessage(name)} (${vault})`);
  const { button, value } = await InputDialog.getItem({
    title: trans.__('Revoke from %1', notebookName(path)),
    label: trans.__('Secret'),
    items,
    okLabel: trans.__('Revoke'),
  });
  const chosen = value === null ? undefined : granted[items.indexOf(value)];
  if (!button.accept || !chosen) throw failure('cancelled');
  return chosen;
}

async function tell(deps: Deps, panel: ReturnType<typeof activeNotebook>, { vault, name }: Grant): Promise<void> {
  const { kernels, trans } = deps;
  const { path, secrets } = await kernels.of(kernels.placeOf(panel));
  const words = [notebookName(path), nameInMessage(name)];
  const left = secrets.find((one) => one.vault === vault && one.name === name);
  if (left?.state === 'restart' || left?.state === 'before') {
    const message = trans.__('%1 may not use %2 any more. Its kernel has it until it is restarted.', ...words);
    offerRestart(deps, panel, message);
  } else briefly(trans.__('%1 may not use %2 any more.', ...words));
}
