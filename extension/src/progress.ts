import * as vscode from 'vscode';

/** Below this nobody needs to be told that something goes on. Chosen by eye, in milliseconds. */
const UNNOTICED = 500;

/** Does some work; when it takes longer than a moment, says so with a way to cancel it. */
export async function whileShown<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const working = work(abort.signal);
  const ended = working.then(
    () => true,
    () => true,
  );
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (_, token) => {
        token.onCancellationRequested(() => abort.abort());
        return ended;
      },
    );
  }, UNNOTICED);
  return await working.finally(() => clearTimeout(timer));
}
