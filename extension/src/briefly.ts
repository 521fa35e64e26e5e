import * as vscode from 'vscode';

import { inLabel } from './shown.ts';

/** Says in the status bar, for some seconds, that something was done. */
export function briefly(text: string, seconds = 5): void {
  vscode.window.setStatusBarMessage(`$(check) ${inLabel(text)}`, seconds * 1000);
}
