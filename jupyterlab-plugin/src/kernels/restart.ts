import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { Deps } from '../commands/command.ts';

/** By the notebook's widget. */
const offers = new WeakMap<NotebookPanel, string>();

/**
 * Offers to start the kernel of a notebook anew, which Jupyter asks about; `then` is called after that. One offer per notebook, until its
 * kernel has started anew.
 */
export function offerRestart(
  { trans, dialogs }: Pick<Deps, 'trans' | 'dialogs'>,
  panel: NotebookPanel,
  message: string,
  then?: () => unknown,
): string {
  const { sessionContext } = panel;
  const restart = async (): Promise<void> => {
    if (!panel.isDisposed && (await dialogs.restart(sessionContext))) await then?.();
  };
  withdraw(panel);
  const offer = Notification.info(message, {
    autoClose: false,
    actions: [{ label: trans.__('Restart Kernel…'), callback: () => void restart() }],
  });
  offers.set(panel, offer);
  const follow = (_: unknown, status: string): void => {
    if (!/restarting$/.test(status)) return;
    sessionContext.statusChanged.disconnect(follow);
    if (offers.get(panel) === offer) withdraw(panel);
  };
  sessionContext.statusChanged.connect(follow);
  return offer;
}

function withdraw(panel: NotebookPanel): void {
  const offer = offers.get(panel);
  if (offer !== undefined) Notification.dismiss(offer);
}
