import * as vscode from 'vscode';

import { oneSecret, recents } from '../input/secret-pick.ts';
import { insertReference as insert } from '../insert/insert.ts';
import { offerCopy } from '../insert/offer.ts';
import { enterTarget } from '../insert/target.ts';
import { tellHowItRuns } from '../insert/told.ts';
import { inMessage } from '../shown.ts';
import type { Command } from './command.ts';

/** Writes a reference into the active editor or notebook cell. */
export const insertReference: Command = {
  id: 'insertReference',
  async run(deps, ...args) {
    const { l10n } = vscode;
    const ref = await oneSecret(deps, args, l10n.t('Insert a Reference'));
    const { name } = ref.secret;
    recents.touch(ref);
    const target = await enterTarget();
    if (!target) {
      void offerCopy(l10n.t('No editor or notebook cell is active, so nothing was inserted.'), name);
      return { kind: 'no-editor' };
    }
    const insertion = await insert(target, name);
    switch (insertion.kind) {
      case 'inserted':
        tellHowItRuns(insertion.reference, insertion.language);
        break;
      case 'unsupported':
        void offerCopy(
          l10n.t(
            'It is not known how {0} reads environment variables, so nothing was inserted.',
            target.document.languageId,
          ),
          name,
        );
        break;
      case 'unwritable':
        void offerCopy(`${l10n.t('{0} was not inserted.', inMessage(name))} ${l10n.t(insertion.hint)}`, name);
        break;
      case 'read-only':
        void offerCopy(l10n.t('The document is read-only, so nothing was inserted.'), name);
    }
    return insertion;
  },
};
