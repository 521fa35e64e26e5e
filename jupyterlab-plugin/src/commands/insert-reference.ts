import { insertIcon } from '../icons.ts';
import { insertReference as insert } from '../insert/insert.ts';
import { offerCopy } from '../insert/offer.ts';
import { report } from '../insert/report.ts';
import { COMMANDS } from '../tokens.ts';
import { type Command, isOnSecret, SECRET_ARGS } from './command.ts';
import { oneSecret } from './secret-pick.ts';

/** Writes a reference into the active notebook cell or file editor. */
export const insertReference: Command = {
  id: COMMANDS.insert,
  label: (trans, args) => (isOnSecret(args) ? trans.__('Insert Reference') : trans.__('Insert Reference to Secret…')),
  caption: (trans) => trans.__('Writes a reference to a secret into the cell or file, in its language'),
  icon: insertIcon,
  args: SECRET_ARGS,
  async run(deps, args) {
    const { trans, references } = deps;
    const { name } = (await oneSecret(deps, args, trans.__('Insert a Reference'))).secret;
    const target = references.documents.active();
    if (!target) {
      offerCopy(trans, trans.__('No notebook cell or file editor is active, so nothing was inserted.'), name);
      return { kind: 'no-editor' };
    }
    const insertion = insert(target, name, references.documents.placesIn(target), references.manner);
    report(trans, insertion, target, name);
    return insertion.kind === 'inserted'
      ? { kind: insertion.kind, text: insertion.reference.text }
      : { kind: insertion.kind };
  },
};
