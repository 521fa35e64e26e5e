import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { SecretDrag } from '../insert/drag.ts';
import { IReferences } from '../insert/references.ts';
import { report } from '../insert/report.ts';
import { DOMAIN, ISecrets } from '../tokens.ts';

export const dragPlugin: JupyterFrontEndPlugin<void> = {
  id: '@datalayer-secrets/jupyterlab:drag',
  description: 'Lets secrets be dragged from the panel into cells and files, where references to them are written.',
  autoStart: true,
  requires: [ISecrets, IReferences],
  optional: [ITranslator],
  activate: (_, secrets: ISecrets, references: IReferences, translator: ITranslator | null): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    new SecretDrag(document, {
      secrets,
      references,
      report: (...outcome) => report(trans, ...outcome),
    });
  },
};
