import type { Translate } from '@datalayer-secrets/shared';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Jupyter's translations as `shared` asks for them: a template of which the named placeholders are filled afterwards. */
export function translateWith(trans: TranslationBundle): Translate {
  return (template, values = {}) =>
    trans
      .gettext(template)
      .replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}
