import { inEnglish, type Translate } from '@datalayer-secrets/shared';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Jupyter's translations as `shared` asks for them: a template of which the named placeholders are filled afterwards, as in English. */
export function translateWith(trans: TranslationBundle): Translate {
  return (template, values) => inEnglish(trans.gettext(template), values);
}
