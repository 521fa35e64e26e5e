import { type ISessionContext, SessionContextDialogs } from '@jupyterlab/apputils';
import { nullTranslator, type ITranslator } from '@jupyterlab/translation';

import type { Deps } from '../commands/command.ts';
import { translateWith } from '../text.ts';
import { DOMAIN } from '../tokens.ts';

/** What Jupyter may lack. */
interface Optional {
  readonly translator: ITranslator | null;
  readonly dialogs: ISessionContext.IDialogs | null;
}

/** What commands, and what acts as they do, work with. */
export function depsOf(parts: Omit<Deps, 'trans' | 'translate' | 'dialogs'>, { translator, dialogs }: Optional): Deps {
  const trans = (translator ?? nullTranslator).load(DOMAIN);
  return { ...parts, dialogs: dialogs ?? new SessionContextDialogs(), trans, translate: translateWith(trans) };
}
