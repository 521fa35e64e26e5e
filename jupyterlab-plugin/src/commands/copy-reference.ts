import { writeReference } from '@datalayer-secrets/shared';
import { Clipboard } from '@jupyterlab/apputils';
import { copyIcon } from '@jupyterlab/ui-components';

import { neutralReference } from '../insert/offer.ts';
import { languageOf } from '../insert/target.ts';
import { COMMANDS } from '../tokens.ts';
import { type Command, type Deps, isOnSecret, SECRET_ARGS } from './command.ts';
import { briefly } from './progress.ts';
import { oneSecret } from './secret-pick.ts';
import { nameInMessage } from './words.ts';

/** Copies a reference, in the language of the active cell or file; where there is none, as `secret://NAME`. */
export const copyReference: Command = {
  id: COMMANDS.copy,
  label: (trans, args) => (isOnSecret(args) ? trans.__('Copy Reference') : trans.__('Copy Reference to Secret…')),
  caption: (trans) => trans.__('Copies a reference to a secret, in the language of the active cell or file'),
  icon: copyIcon,
  args: SECRET_ARGS,
  async run(deps, args) {
    const { trans } = deps;
    const { name } = (await oneSecret(deps, args, trans.__('Copy a Reference'))).secret;
    const text = written(deps, name);
    Clipboard.copyToSystem(text);
    briefly(trans.__('Copied: %1', nameInMessage(text)));
    return text;
  },
};

function written({ references }: Deps, name: string): string {
  const target = references.documents.active();
  const language = target && languageOf(target);
  const text = language ? writeReference(language, name, references.manner).text : '';
  return text === '' ? neutralReference(name) : text;
}
