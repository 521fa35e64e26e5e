import { failure, groupByType, SECRET_TYPES, type Secret, type SecretType, typeName } from '@datalayer-secrets/shared';
import { InputDialog } from '@jupyterlab/apputils';
import { filterIcon } from '@jupyterlab/ui-components';

import { COMMANDS } from '../tokens.ts';
import type { Command, Deps } from './command.ts';
import { ready } from './ready.ts';

/** Shows one type of secret alone. */
export const filterByType: Command = {
  id: COMMANDS.filter,
  label: (trans) => trans.__('Filter Secrets by Type…'),
  caption: (trans) => trans.__('Shows one type of secret alone in the panel'),
  icon: filterIcon,
  args: {
    type: 'object',
    properties: {
      type: {
        type: 'string',
        description: 'The type to show alone, all of them where it is empty. Without it the user is asked.',
        examples: [...SECRET_TYPES, ''],
      },
    },
  },
  async run(deps, args) {
    const { type } = args;
    const chosen = typeof type === 'string' ? type || null : await choose(deps);
    deps.secrets.model.setTypeFilter(chosen);
    return chosen;
  },
};

async function choose(deps: Deps): Promise<SecretType | null> {
  const { trans, translate, panel, secrets } = deps;
  const vaults = await ready(deps);
  const all: readonly Secret[] = vaults.flatMap(({ list }) => ('secrets' in list ? list.secrets : []));
  const groups = groupByType(all).map(({ type, secrets: { length } }) => ({
    type,
    label: `${typeName(translate, type)} (${length})`,
  }));
  const choices = [{ type: null, label: `${trans.__('All types')} (${all.length})` }, ...groups];
  const { typeFilter } = secrets.model.state;
  const { button, value } = await InputDialog.getItem({
    title: trans.__('Filter by Type'),
    label: trans.__('Show'),
    items: choices.map(({ label }) => label),
    current: Math.max(
      0,
      choices.findIndex(({ type }) => type === typeFilter),
    ),
    okLabel: trans.__('Filter'),
  });
  const chosen = choices.find(({ label }) => label === value);
  if (!button.accept || !chosen) throw failure('cancelled');
  panel.activate();
  return chosen.type;
}
