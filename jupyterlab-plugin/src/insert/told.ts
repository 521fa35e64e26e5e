import type { ReferenceLanguage, WrittenReference } from '@datalayer-secrets/shared';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

const told = new Set<string>();

/** Says in one sentence how a reference gets its value, the first time in a page. */
export function tellHowItRuns(trans: TranslationBundle, { hint }: WrittenReference, language: ReferenceLanguage): void {
  const sentence = hint ?? howItRuns(trans, language);
  if (told.has(sentence)) return;
  told.add(sentence);
  Notification.info(sentence, { autoClose: 10_000 });
}

function howItRuns(trans: TranslationBundle, language: ReferenceLanguage): string {
  return language.uriOnly
    ? trans.__('What reads this file gets the reference: nothing resolves it yet.')
    : trans.__('Datalayer runtimes set it; kernels and terminals of this server not yet.');
}
