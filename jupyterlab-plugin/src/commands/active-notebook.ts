import { failure } from '@datalayer-secrets/shared';
import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { NotebookState } from '../kernels/notebook-state.ts';
import type { Deps } from './command.ts';

/** The notebook that a command is about. @throws cancelled where there is none, which is said */
export function activeNotebook({ kernels, trans }: Deps): NotebookPanel {
  if (kernels.panel) return kernels.panel;
  Notification.warning(trans.__('No notebook is in sight. Open one, then try again.'), { autoClose: 10_000 });
  throw failure('cancelled');
}

/** What the server says of it now. @throws what it says instead */
export async function activeState(deps: Deps): Promise<NotebookState> {
  const { kernels } = deps;
  return kernels.of(kernels.placeOf(activeNotebook(deps)));
}
