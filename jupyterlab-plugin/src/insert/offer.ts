import { languageFor, writeReference } from '@datalayer-secrets/shared';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Says why nothing was inserted, and offers to copy instead what can be pasted anywhere. */
export function offerCopy(trans: TranslationBundle, why: string, name: string): void {
  const copy = (label: string, text: string): Notification.IAction => ({
    label,
    callback: () => Clipboard.copyToSystem(text),
  });
  Notification.warning(why, {
    autoClose: false,
    actions: [copy(trans.__('Copy Reference'), neutralReference(name)), copy(trans.__('Copy Name'), name)],
  });
}

/** The reference outside code: `secret://NAME`. */
export function neutralReference(name: string): string {
  const language = languageFor('dotenv');
  if (!language) throw new Error('The table of languages has no row for env files.');
  return writeReference(language, name).text;
}
