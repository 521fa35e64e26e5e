import { SecretsError } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { ValueEntry } from '../input/value-entry.ts';
import { insertReference } from '../insert/insert.ts';
import { literalAt, type Literal } from '../insert/literal.ts';
import { offerCopy } from '../insert/offer.ts';
import { activeTarget, languageOf, type Target } from '../insert/target.ts';
import { inMessage } from '../shown.ts';
import type { Command, SecretRef } from './command.ts';
import { create } from './createSecret.ts';

/** Makes a secret of the selected text, and offers to put a reference in its place. */
export const createFromSelection: Command = {
  id: 'createFromSelection',
  async run(deps) {
    const { l10n, window } = vscode;
    const target = activeTarget();
    const literal = target && selectedLiteral(target);
    if (!literal) {
      const createSecret = l10n.t('Create Secret…');
      const chosen = await window.showInformationMessage(
        l10n.t('Select the text that is to become the value first.'),
        createSecret,
      );
      if (chosen !== createSecret) throw new SecretsError('cancelled', 'Nothing is selected.');
      return await vscode.commands.executeCommand('datalayerSecrets.createSecret');
    }
    const entry = new ValueEntry();
    entry.hold(literal.value, { kind: 'selection' });
    const ref = await create(deps, l10n.t('Create Secret from Selection'), entry);
    void offerReplacing(target, literal, ref);
    return ref;
  },
};

function selectedLiteral({ document, editor }: Target): Literal | null {
  if (!editor || editor.selection.isEmpty) return null;
  const { start, end } = editor.selection;
  return literalAt(document.getText(), document.offsetAt(start), document.offsetAt(end));
}

/** The value still stands in the document: says so, and replaces it when asked. */
async function offerReplacing(target: Target, literal: Literal, ref: SecretRef): Promise<void> {
  const { l10n, window } = vscode;
  const { name } = ref.secret;
  const replace = l10n.t('Replace by a Reference');
  const stored = l10n.t('{0} is stored. The value still stands in the document.', inMessage(name));
  if ((await window.showInformationMessage(stored, replace)) !== replace) return;

  const place = placeNow(target, literal);
  if (!place) {
    void offerCopy(l10n.t('The document has changed: the value is not where it was. Nothing was replaced.'), name);
    return;
  }
  const insertion = await insertReference(target, name, { selections: [place], ownLine: false });
  if (insertion.kind !== 'inserted') {
    void offerCopy(l10n.t('A reference cannot be written here, so the value still stands in the document.'), name);
    return;
  }
  const renew = l10n.t('Replace Value…');
  const warning = l10n.t(
    'The reference is in its place. Undo, the local history of the editor and git may still hold the value: if it has been committed or shared, have a new one issued.',
  );
  if ((await window.showInformationMessage(warning, renew)) === renew) {
    await vscode.commands.executeCommand('datalayerSecrets.replaceValue', ref);
  }
}

/** Where the value stands now; null when it is gone or there are several of it. Code takes its quotes with it, other text keeps them. */
function placeNow(target: Target, literal: Literal): { start: number; end: number } | null {
  const text = target.document.getText();
  const { inner, outer, value } = literal;
  const keepsQuotes = languageOf(target)?.uriOnly === true;
  const [lead, trail] = keepsQuotes ? [0, 0] : [inner.start - outer.start, outer.end - inner.end];
  let start = inner.start;
  if (!text.startsWith(value, start)) {
    start = text.indexOf(value);
    if (start === -1 || text.includes(value, start + 1)) return null;
  }
  return { start: start - lead, end: start + value.length + trail };
}
