import { languageFor, writeReference } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

/** Says why nothing was inserted, and offers to copy instead what can be pasted anywhere. */
export async function offerCopy(why: string, name: string): Promise<void> {
  const reference = neutralReference(name);
  const copyName = vscode.l10n.t('Copy Name');
  const copyReference = vscode.l10n.t('Copy Reference');
  const chosen = await vscode.window.showWarningMessage(why, copyReference, copyName);
  if (chosen === undefined) return;
  await vscode.env.clipboard.writeText(chosen === copyName ? name : reference);
}

/** The reference outside code: `secret://NAME`. */
export function neutralReference(name: string): string {
  const language = languageFor('dotenv');
  if (!language) throw new Error('The table of languages has no row for env files.');
  return writeReference(language, name).text;
}
