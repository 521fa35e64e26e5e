import { literalAt } from '@datalayer-secrets/shared';
import { Notification } from '@jupyterlab/apputils';

import { Anchor } from '../insert/anchor.ts';
import { insertAllowed } from '../insert/allowed.ts';
import { offerCopy } from '../insert/offer.ts';
import { languageOf, selectionsIn, type Target } from '../insert/target.ts';
import { COMMANDS, type SecretRef } from '../tokens.ts';
import { type Command, type Deps } from './command.ts';
import { create, offerUse } from './create-secret.ts';
import { secretOf } from './secret-pick.ts';
import { nameInMessage } from './words.ts';

/** Makes a secret of the selected text, and puts a reference in its place. */
export const createFromSelection: Command = {
  id: COMMANDS.createFromSelection,
  label: (trans) => trans.__('Create Secret from Selection…'),
  caption: (trans) => trans.__('Makes a secret of the selected text, and puts a reference in its place'),
  args: {
    type: 'object',
    properties: {
      from: {
        type: 'string',
        enum: ['editor'],
        description: 'A menu of the editor, which shows whether something is selected.',
      },
    },
  },
  isEnabled: ({ references }, { from }) => from !== 'editor' || selectionOf(references.documents.active()) !== null,
  async run(deps) {
    const target = deps.references.documents.active();
    const selection = selectionOf(target);
    if (!target || !selection) {
      offerCreating(deps);
      return null;
    }
    const { inner, outer } = literalAt(target.text.getSource(), selection.start, selection.end);
    // Places instead of the value: whatever happens to the document, no copy is kept here.
    const value = new Anchor(target.text, inner);
    const literal = new Anchor(target.text, outer);
    try {
      const created = await create(deps, { value: () => value.read() });
      if (!created) return null;
      // Another value may have been typed over the selected one.
      if (created.same) await replace(deps, target, languageOf(target)?.uriOnly ? value : literal, created.ref);
      else offerUse(deps, created.ref);
      return { ...created.ref };
    } finally {
      value.dispose();
      literal.dispose();
    }
  },
};

function selectionOf(target: Target | null): { start: number; end: number } | null {
  const [first] = target?.editor ? selectionsIn(target.editor) : [];
  return first && first.start < first.end ? first : null;
}

function offerCreating({ trans, commands }: Deps): void {
  Notification.info(trans.__('Nothing is selected. Select the text that is to become the value.'), {
    autoClose: 10_000,
    actions: [{ label: trans.__('Create Secret…'), callback: () => void commands.execute(COMMANDS.create) }],
  });
}

/** The value stands in the document still. */
async function replace(deps: Deps, target: Target, place: Anchor, ref: SecretRef): Promise<void> {
  const { trans, commands } = deps;
  const name = secretOf(deps, ref)?.name ?? '';
  const insertion =
    place.range &&
    (await insertAllowed(deps, target, { vault: ref.vault, name }, () => {
      const { range } = place;
      return range && { selections: [range], ownLine: false };
    }));
  if (!insertion) {
    offerCopy(
      trans,
      trans.__('%1 is stored. The document has changed meanwhile, so nothing was replaced.', nameInMessage(name)),
      name,
    );
    return;
  }
  if (insertion.kind !== 'inserted') {
    offerCopy(
      trans,
      trans.__('%1 is stored. A reference cannot be written here: the value still stands there.', nameInMessage(name)),
      name,
    );
    return;
  }
  Notification.warning(
    trans.__(
      '%1 is stored. Undo, checkpoints, outputs and git may hold the value still: if shared, have a new one issued.',
      nameInMessage(name),
    ),
    {
      autoClose: false,
      actions: [
        { label: trans.__('Replace Value…'), callback: () => void commands.execute(COMMANDS.replace, { ...ref }) },
      ],
    },
  );
}
