import { Notification } from '@jupyterlab/apputils';

import type { Deps } from '../commands/command.ts';
import { showError } from '../commands/edge.ts';
import { briefly } from '../commands/progress.ts';
import { nameInMessage } from '../commands/words.ts';
import type { NotebookGrant } from './notebook-state.ts';
import { inARow, notebookName } from './words.ts';

/** Says which notebooks could use a secret under the name that it had, and offers to let them use it under the new one instead. */
export async function tellRenamed(deps: Deps, vault: string, before: string, after: string): Promise<void> {
  const { kernels, trans } = deps;
  // Where nobody can say, a notebook that lacks it does when it runs.
  const grants = await kernels.grants().catch(() => []);
  const left = grants.filter((one) => one.exists && one.vault === vault && one.name === before);
  const names = [nameInMessage(before), nameInMessage(after)];
  if (left.length === 0) {
    briefly(trans.__('%1 is %2 now.', ...names));
    return;
  }
  const move = async (): Promise<void> => {
    try {
      for (let grant: NotebookGrant | undefined; (grant = left[0]); left.shift()) {
        await kernels.allow(grant.path, { vault, name: after });
        await kernels.revoke(grant.notebook, { vault, name: before });
      }
    } catch (error) {
      showError(deps, error, move);
    }
  };
  const paths = left.map(({ path }) => notebookName(path));
  Notification.warning(trans.__('%1 is %2 now. May use %1: %3.', ...names, inARow(trans, paths)), {
    autoClose: false,
    actions: [{ label: trans.__('Allow %1 There', nameInMessage(after)), callback: () => void move() }],
  });
}
