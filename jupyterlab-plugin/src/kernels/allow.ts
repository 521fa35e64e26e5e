import { explain, failure, toSecretsError } from '@datalayer-secrets/shared';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { Deps } from '../commands/command.ts';
import { showProblem } from '../commands/edge.ts';
import { nameInMessage } from '../commands/words.ts';
import { kernelWords } from '../panel/notebook-words.ts';
import type { Grant } from './notebook-state.ts';
import { notebookName } from './words.ts';

/** Lets a notebook of this page use a secret. False where that cannot be, which is said. */
export async function allowIn(deps: Deps, panel: NotebookPanel, grant: Grant): Promise<boolean> {
  const { kernels, trans, translate } = deps;
  const place = kernels.placeOf(panel);
  try {
    if (!place.onServer) throw failure('invalid');
    await kernels.allow(place.path, grant);
    return true;
  } catch (thrown) {
    const error = toSecretsError(thrown);
    const what = trans.__('%1 cannot use %2 yet.', notebookName(place.path), nameInMessage(grant.name));
    const advice = kernelWords(
      translate,
      place.onServer ? { kind: 'failed', place, error } : { kind: 'elsewhere', place },
    );
    const actions = place.onServer ? explain(error, translate).actions : [];
    showProblem(deps, { what, advice, actions }, () => allowIn(deps, panel, grant));
    return false;
  }
}
