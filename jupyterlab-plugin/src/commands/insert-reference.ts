import { insertIcon } from '../icons.ts';
import { insertAllowed } from '../insert/allowed.ts';
import { heldPlaces } from '../insert/held.ts';
import { offerCopy } from '../insert/offer.ts';
import { tellRefusal } from '../insert/report.ts';
import { COMMANDS } from '../tokens.ts';
import { type Command, isOnSecret, SECRET_ARGS } from './command.ts';
import { oneSecret } from './secret-pick.ts';

/** Writes a reference into the active notebook cell or file editor. The notebook may use the secret from then on. */
export const insertReference: Command = {
  id: COMMANDS.insert,
  label: (trans, args) => (isOnSecret(args) ? trans.__('Insert Reference') : trans.__('Insert Reference to Secret…')),
  caption: (trans) => trans.__('Writes a reference to a secret into the cell or file, in its language'),
  icon: insertIcon,
  args: SECRET_ARGS,
  async run(deps, args) {
    const { trans, references } = deps;
    const { vault, secret } = await oneSecret(deps, args, trans.__('Insert a Reference'));
    const { name } = secret;
    const target = references.documents.active();
    if (!target) {
      offerCopy(trans, trans.__('No notebook cell or file editor is active, so nothing was inserted.'), name);
      return { kind: 'no-editor' };
    }
    const insertion = await insertAllowed(deps, target, { vault, name }, heldPlaces(references.documents, target));
    if (!insertion) return { kind: 'closed' };
    if (insertion.kind === 'inserted') return { kind: insertion.kind, text: insertion.reference.text };
    tellRefusal(trans, insertion, target, name);
    return { kind: insertion.kind };
  },
};
