import type { ReferenceLanguage, WrittenReference } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

const told = new Set<string>();

/** Says in one line how a reference gets its value: in a message the first time in a window, later in the status bar. */
export function tellHowItRuns({ hint }: WrittenReference, language: ReferenceLanguage): void {
  const sentence = hint === null ? howItRuns(language) : vscode.l10n.t(hint);
  if (told.has(sentence)) {
    vscode.window.setStatusBarMessage(`$(info) ${sentence}`, 10_000);
  } else {
    told.add(sentence);
    void vscode.window.showInformationMessage(sentence);
  }
}

function howItRuns(language: ReferenceLanguage): string {
  // Short enough for the one line that a message shows.
  return language.uriOnly
    ? vscode.l10n.t('What reads this file gets the reference: nothing resolves it yet.')
    : vscode.l10n.t('JupyterLab and Datalayer runtimes set it; VS Code and terminals not yet.');
}
