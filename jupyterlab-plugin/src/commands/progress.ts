import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Below this nobody needs to be told that something goes on. Chosen by eye, in milliseconds. */
const UNNOTICED = 500;

/** Does some work; when it takes longer than a moment, says so with a way to cancel it. */
export async function whileShown<T>(
  trans: TranslationBundle,
  message: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let shown: string | undefined;
  const timer = setTimeout(() => {
    shown = Notification.emit(message, 'in-progress', {
      autoClose: false,
      actions: [{ label: trans.__('Cancel'), callback: () => abort.abort() }],
    });
  }, UNNOTICED);
  try {
    return await work(abort.signal);
  } finally {
    clearTimeout(timer);
    if (shown !== undefined) Notification.dismiss(shown);
  }
}

/** Rejects as cancelled when the signal aborts; the work itself goes on. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('Cancelled', 'AbortError')), { once: true });
    work.then(resolve, reject);
  });
}

/** Says for some seconds that something was done. */
export function briefly(message: string): void {
  Notification.success(message, { autoClose: 4_000 });
}
