import { failure } from '@datalayer-secrets/shared';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { ServerChanges } from '../service/changes.ts';
import { watchEventSocket } from '../service/event-socket.ts';
import { Secrets } from '../service/secrets.ts';
import { serverPart } from '../service/server.ts';
import { ISecrets } from '../tokens.ts';

export const servicePlugin: JupyterFrontEndPlugin<ISecrets> = {
  id: '@datalayer-secrets/jupyterlab:service',
  description: 'Knows the secrets of the user, without values, through the Jupyter server.',
  autoStart: true,
  provides: ISecrets,
  activate: ({ serviceManager }: JupyterFrontEnd): ISecrets => {
    const { serverSettings, events, connectionFailure } = serviceManager;
    const changes = new ServerChanges(events.stream, (missed) => watchEventSocket(events, missed));
    connectionFailure.connect(() => changes.lose(failure('offline', { reason: 'jupyter' })));
    return new Secrets({ ...serverPart(serverSettings), changes: changes.source });
  },
};
