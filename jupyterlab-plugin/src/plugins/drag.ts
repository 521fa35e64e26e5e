import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { SecretDrag } from '../insert/drag.ts';
import { IReferences } from '../insert/references.ts';

export const dragPlugin: JupyterFrontEndPlugin<void> = {
  id: '@datalayer-secrets/jupyterlab:drag',
  description: 'Lets secrets be dragged from the panel into cells and files, where references to them are written.',
  autoStart: true,
  requires: [IReferences],
  activate: ({ commands }, { documents }: IReferences): void => {
    new SecretDrag(document, { documents, commands });
  },
};
