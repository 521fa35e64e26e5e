import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';

import { ActiveNotebook } from '../kernels/active.ts';
import { KernelEvents } from '../kernels/events.ts';
import { KernelSecrets } from '../kernels/kernel-secrets.ts';
import { KernelRoutes } from '../kernels/routes.ts';
import { watchEventSocket } from '../service/event-socket.ts';
import { serverPart } from '../service/server.ts';
import { IKernelSecrets } from '../tokens.ts';

export const kernelsPlugin: JupyterFrontEndPlugin<IKernelSecrets> = {
  id: '@datalayer-secrets/jupyterlab:kernels',
  description: 'Knows which notebook may use which secret, and what its kernel has of them.',
  autoStart: true,
  optional: [INotebookTracker],
  provides: IKernelSecrets,
  activate: ({ serviceManager, shell }: JupyterFrontEnd, notebooks: INotebookTracker | null): IKernelSecrets => {
    const { serverSettings, events, contents } = serviceManager;
    return new KernelSecrets({
      routes: new KernelRoutes(serverPart(serverSettings)),
      events: new KernelEvents(events.stream),
      active: new ActiveNotebook({ shell, notebooks, contents }),
      watchGaps: (missed) => watchEventSocket(events, missed),
    });
  },
};
