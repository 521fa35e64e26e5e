import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: '@datalayer-secrets/jupyterlab:panel',
  description: 'Lists the secrets in the side bar.',
  autoStart: true,
  activate: (app: JupyterFrontEnd): void => {
    const widget = ReactWidget.create(React.createElement('p', null, 'Secrets'));
    widget.id = 'datalayer-secrets-panel';
    widget.title.caption = 'Datalayer Secrets';
    app.shell.add(widget, 'left', { rank: 600 });
  },
};
