import * as vscode from 'vscode';

import { targets, type Deps, type SecretRef } from '../commands/command.ts';
import { t } from '../l10n.ts';
import { inLabel } from '../shown.ts';
import { answer } from './box.ts';
import { Recents } from './recents.ts';
import { SecretRows, type Row } from './secret-rows.ts';
import { vaultName } from '@datalayer-secrets/shared';
import { typeIcon } from '../views/icons.ts';

interface Item extends vscode.QuickPickItem {
  readonly row?: Row;
}

export interface Found {
  readonly ref: SecretRef;
  /** The button of the row that was pressed; absent when the row itself was taken. */
  readonly button?: vscode.QuickInputButton;
}

/** What was used in this window comes first when the next secret is looked for. */
export const recents = new Recents();

/**
 * Lets the user find a secret by typing: ranked by the search of both editors instead of VS Code's own filter, used ones
 * first, and drawn anew when the list changes meanwhile.
 * @throws cancelled, or why no vault can be worked with.
 */
export async function findSecret(
  deps: Deps,
  options: { title: string; placeholder: string; buttons?: readonly vscode.QuickInputButton[] },
): Promise<Found> {
  await deps.ready();
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = options.title;
  pick.placeholder = options.placeholder;
  pick.matchOnDescription = true; // for the marks only: what is shown is decided here
  // Without this (it is no public API, but settable) rows are sorted again by where the label matches.
  (pick as { sortByLabel?: boolean }).sortByLabel = false;

  let vaults = deps.model.state.vaults;
  let rows = new SecretRows(vaults);
  const item = (row: Row): Item => ({
    row,
    label: inLabel(row.secret.name),
    description: [inLabel(row.secret.description), ...(vaults.length > 1 ? [vaultName(t, row.vault)] : [])]
      .filter(Boolean)
      .join(' · '),
    iconPath: new vscode.ThemeIcon(typeIcon(row.secret.type)),
    buttons: options.buttons ?? [],
    alwaysShow: true,
  });
  const draw = () => {
    const { recent, rows: others, more } = rows.find(pick.value, recents);
    const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
    pick.busy = vaults.some(({ list }) => list.kind === 'loading');
    pick.items = [
      ...(recent.length > 0 ? [separator(vscode.l10n.t('used lately')), ...recent.map(item)] : []),
      ...(recent.length > 0 && others.length > 0 ? [separator(vscode.l10n.t('all'))] : []),
      ...others.map(item),
      ...(more > 0 ? [separator(vscode.l10n.t('more: type to find them'))] : []),
    ];
  };
  const stop = deps.model.onChange(() => {
    if (deps.model.state.vaults === vaults) return;
    vaults = deps.model.state.vaults;
    const active = pick.activeItems[0]?.row;
    rows = new SecretRows(vaults);
    draw();
    const same = pick.items.find(
      ({ row }) => row?.secret.uid === active?.secret.uid && row?.vaultId === active?.vaultId,
    );
    if (active && same) pick.activeItems = [same];
  });
  draw();
  try {
    return await answer<Found>(pick, (done) => {
      pick.onDidChangeValue(draw);
      pick.onDidAccept(() => {
        const row = pick.activeItems[0]?.row;
        if (row) done({ ref: row });
      });
      pick.onDidTriggerItemButton(({ item: { row }, button }) => row && done({ ref: row, button }));
    });
  } finally {
    stop();
  }
}

/** The one secret a command was called on (of several selected ones, the one clicked), or the one the user picks. */
export async function oneSecret(deps: Deps, args: readonly unknown[], title: string): Promise<SecretRef> {
  const [given] = targets(deps, args.slice(0, 1));
  return given ?? (await findSecret(deps, { title, placeholder: vscode.l10n.t('Type to find a secret') })).ref;
}
