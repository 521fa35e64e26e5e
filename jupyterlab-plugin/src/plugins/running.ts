import { languageInCell } from '@datalayer-secrets/shared';
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { type ISessionContext, ISessionContextDialogs } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';

import { languageOfNotebook } from '../insert/language.ts';
import { IReferences } from '../insert/references.ts';
import { Announcements } from '../kernels/announce.ts';
import { wantedNames } from '../kernels/missing.ts';
import { Later, UI } from '../later.ts';
import { IKernelSecrets, ISecrets, ISecretsPanel } from '../tokens.ts';
import { depsOf } from './deps.ts';

export const runningPlugin: JupyterFrontEndPlugin<void> = {
  id: '@datalayer-secrets/jupyterlab:running',
  description: 'Announces what notebooks may use, and offers what is missing when a cell fails for want of a secret.',
  autoStart: true,
  requires: [ISecrets, IKernelSecrets, ISecretsPanel, IReferences],
  optional: [INotebookTracker, ITranslator, ISessionContextDialogs],
  activate: (
    { commands },
    secrets: ISecrets,
    kernels: IKernelSecrets,
    panel: ISecretsPanel,
    references: IReferences,
    notebooks: INotebookTracker | null,
    translator: ITranslator | null,
    dialogs: ISessionContext.IDialogs | null,
  ): void => {
    const parts = { commands, secrets, kernels, panel, references, underMenu: () => null };
    const deps = depsOf(parts, { translator, dialogs });
    new Announcements(deps);

    const flow = new Later(async () => new (await UI.load()).MissingSecrets(deps));
    /** What was run: a cell can be edited while it runs. */
    const sources = new WeakMap<Cell, string>();
    NotebookActions.executionScheduled.connect((_, { cell }) => {
      sources.set(cell, cell.model.sharedModel.getSource());
    });
    NotebookActions.executed.connect((_, { notebook, cell, success, error }) => {
      if (success) flow.loaded?.ran(cell);
      const found = error && notebooks?.find(({ content }) => content === notebook);
      if (!found) return;
      const source = sources.get(cell) ?? cell.model.sharedModel.getSource();
      const language = languageInCell(languageOfNotebook(found), source);
      const { errorName: ename, errorValue: evalue } = error;
      const names = language ? wantedNames({ language, source, ename, evalue }) : [];
      // Without this part the error stands in the notebook, as it does in other editors.
      if (names.length > 0)
        flow.load().then(
          (missing) => missing.offer({ panel: found, cell, source }, names),
          () => undefined,
        );
    });
  },
};
