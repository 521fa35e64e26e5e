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
  return language.uriOnly
    ? vscode.l10n.t(
        'The reference stands for the value. Programs that read this file get the reference, not the value: nothing puts it in yet.',
      )
    : vscode.l10n.t(
        'The value comes from the environment variable of this name when the code runs. Datalayer runtimes set it; kernels and terminals on this machine do not get it from here yet.',
      );
}
