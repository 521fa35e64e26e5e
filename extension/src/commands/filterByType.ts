import { groupByType, SecretsError, typeName } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { t } from '../l10n.ts';
import { inLabel } from '../shown.ts';
import type { Command } from './command.ts';
import { typeIcon } from '../views/icons.ts';

/** Shows one type of secret alone, in the tree and where secrets are picked. */
export const filterByType: Command = {
  id: 'filterByType',
  async run(deps) {
    const { l10n, window, ThemeIcon } = vscode;
    const vaults = await deps.ready();
    const secrets = vaults.flatMap(({ list }) => (list.kind === 'ready' || list.kind === 'stale' ? list.secrets : []));
    const { typeFilter } = deps.model.state;
    const items = [
      {
        label: l10n.t('All types'),
        description: String(secrets.length),
        iconPath: new ThemeIcon('clear-all'),
        type: null,
      },
      ...groupByType(secrets).map((group) => ({
        label: inLabel(typeName(t, group.type)),
        description: String(group.secrets.length),
        iconPath: new ThemeIcon(typeIcon(group.type)),
        type: group.type,
      })),
    ].map((item) =>
      item.type === typeFilter ? { ...item, description: `${item.description} · ${l10n.t('shown now')}` } : item,
    );
    const chosen = await window.showQuickPick(items, { title: l10n.t('Filter by Type') });
    if (!chosen) throw new SecretsError('cancelled', 'No type was chosen.');
    deps.model.setTypeFilter(chosen.type);
    return chosen.type;
  },
};

export const clearTypeFilter: Command = {
  id: 'clearTypeFilter',
  run(deps) {
    deps.model.setTypeFilter(null);
    return Promise.resolve(true);
  },
};
