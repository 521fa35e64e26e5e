import type { ReferenceLanguage, WrittenReference } from '@datalayer-secrets/shared';
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

const told = new Set<string>();

/** Says in one sentence how a reference gets its value; each sentence once in a page. */
export function tellHowItRuns(
  trans: TranslationBundle,
  { hint, import: needed }: WrittenReference,
  language: ReferenceLanguage,
): void {
  const sentence = hint ?? howItRuns(trans, needed?.line ?? '', language);
  if (told.has(sentence)) return;
  told.add(sentence);
  Notification.info(sentence, { autoClose: 10_000 });
}

function howItRuns(trans: TranslationBundle, needed: string, language: ReferenceLanguage): string {
  if (language.uriOnly) return trans.__('What reads this file gets the reference: nothing resolves it yet.');
  return language.get !== undefined && needed === `import ${language.get.module}`
    ? trans.__('The package datalayer_secrets gives the value; kernels of this server do not have it yet.')
    : trans.__('Datalayer runtimes set this variable; kernels and terminals of this server do not yet.');
}
