import { literalAt, type Literal } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { ValueEntry } from '../input/value-entry.ts';
import { insertReference } from '../insert/insert.ts';
import { offerCopy } from '../insert/offer.ts';
import { activeTarget, languageOf, type Target } from '../insert/target.ts';
import { inMessage } from '../shown.ts';
import type { Command, SecretRef } from './command.ts';
import { create, offerUse } from './createSecret.ts';

/** Makes a secret of the selected text, and offers to put a reference in its place. */
export const createFromSelection: Command = {
  id: 'createFromSelection',
  async run(deps) {
    const { l10n } = vscode;
    const target = activeTarget();
    const literal = target && selectedLiteral(target);
    if (!literal) {
      void offerCreating();
      return undefined;
    }
    const entry = new ValueEntry();
    entry.hold(literal.value, { kind: 'selection' });
    const ref = await create(deps, l10n.t('Create Secret from Selection'), entry);
    // Another value may have been typed over the selected one.
    void (entry.value.expose() === literal.value ? offerReplacing(target, literal, ref) : offerUse(ref));
    return ref;
  },
};

async function offerCreating(): Promise<void> {
  const { l10n, window, commands } = vscode;
  const createSecret = l10n.t('Create Secret…');
  const said = l10n.t('Nothing is selected. Select the text that is to become the value.');
  if ((await window.showInformationMessage(said, createSecret)) === createSecret) {
    await commands.executeCommand('datalayerSecrets.createSecret');
  }
}

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
  const editor = window.visibleTextEditors.find(({ document }) => document === target.document) ?? null;
  const insertion = await insertReference({ ...target, editor }, name, { selections: [place], ownLine: false });
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
function placeNow(target: Target, { inner, value }: Literal): Literal['inner'] | null {
  if (target.document.isClosed) return null;
  const text = target.document.getText();
  const start = text.startsWith(value, inner.start) ? inner.start : onlyPlace(text, value);
  if (start === null) return null;
  const found = literalAt(text, start, start + value.length);
  return languageOf(target)?.uriOnly ? found.inner : found.outer;
}

function onlyPlace(text: string, value: string): number | null {
  const start = text.indexOf(value);
  return start === -1 || text.includes(value, start + 1) ? null : start;
}
