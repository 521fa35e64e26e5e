import type { TranslationBundle } from '@jupyterlab/translation';

import { nameInMessage } from '../commands/words.ts';
import type { Refusal } from './insert.ts';
import { languageOfNotebook } from './language.ts';
import { offerCopy } from './offer.ts';
import type { Target } from './target.ts';

/** Says why no reference was inserted, and what to do instead. */
export function tellRefusal(trans: TranslationBundle, refusal: Refusal, target: Target, name: string): void {
  switch (refusal.kind) {
    case 'unsupported':
      offerCopy(trans, whyUnsupported(trans, target), name);
      break;
    case 'unwritable':
      offerCopy(trans, trans.__('%1 was not inserted. %2', nameInMessage(name), refusal.hint), name);
      break;
    case 'read-only':
      offerCopy(
        trans,
        target.kind === 'cell' && target.cell.model.getMetadata('editable') === false
          ? trans.__('The cell is read-only, so nothing was inserted.')
          : trans.__('The document is read-only, so nothing was inserted.'),
        name,
      );
  }
}

function whyUnsupported(trans: TranslationBundle, target: Target): string {
  if (target.kind === 'cell' && target.cell.model.type !== 'code')
    return trans.__('This cell holds text that no kernel runs, so nothing was inserted.');
  if (target.kind === 'file')
    return trans.__('It is not known how files of this kind refer to secrets, so nothing was inserted.');
  const language = languageOfNotebook(target.panel);
  if (language === '')
    return trans.__(
      'The language of this notebook is not known yet: start a kernel, then try again. Nothing was inserted.',
    );
  if (target.text.getSource().trimStart().startsWith('%%'))
    return trans.__('It is not known how this cell’s magic reads environment variables, so nothing was inserted.');
  return trans.__('It is not known how %1 reads environment variables, so nothing was inserted.', language);
}
