import { oneLine } from '@datalayer-secrets/shared';
import {
  checkIcon,
  circleEmptyIcon,
  closeIcon,
  fastForwardIcon,
  type LabIcon,
  refreshIcon,
} from '@jupyterlab/ui-components';
import * as React from 'react';

import { alertIcon } from '../icons.ts';
import type { ActiveState } from '../kernels/kernel-secrets.ts';
import type { NotebookSecret } from '../kernels/notebook-state.ts';
import { COMMANDS } from '../tokens.ts';
import { nameOfNotebook, secretWords } from './notebook-words.ts';
import { Icon } from './parts.tsx';
import type { SecretRow } from './rows.ts';
import { Switch } from './switch.tsx';
import { useNotebook, useTools } from './tools.ts';

/** How a secret of the list stands in the notebook. Undefined while it may not be used, and is not there. */
export function standing(state: ActiveState, { vault, secret }: SecretRow): NotebookSecret | undefined {
  if (state.kind !== 'known' || !state.notebook.possible) return undefined;
  return state.notebook.secrets.find((one) => one.vault === vault && one.name === secret.name);
}

/** Whether the notebook may use a secret of the list: a switch; and how it stands in its kernel: a mark. */
export function InNotebook({ row, active }: { row: SecretRow; active: boolean }): React.ReactElement | null {
  const { kernels, commands, t } = useTools();
  const state = useNotebook();
  if (state.kind !== 'known' || !state.notebook.possible || !commands.hasCommand(COMMANDS.allow)) return null;
  const found = standing(state, row);
  const stands = found ? secretWords(t, found) : '';
  const label = t('Allow {name} in {notebook}', {
    name: oneLine(row.secret.name),
    notebook: nameOfNotebook(state.notebook.path),
  });
  const set = async (on: boolean): Promise<void> => {
    await commands.execute(on ? COMMANDS.allow : COMMANDS.revoke, { vault: row.vault, uid: row.secret.uid });
    await kernels.refresh();
  };
  return (
    <>
      {found && (
        <span className={`dls-Mark dls-mod-${found.state}`} title={stands}>
          <Icon icon={markIcon(found)} />
        </span>
      )}
      <Switch
        label={label}
        title={[t('{what} (Space)', { what: label }), stands].filter(Boolean).join('\n')}
        on={found?.granted === true}
        set={set}
        tabIndex={active ? 0 : -1}
      />
    </>
  );
}

function markIcon({ state, granted }: NotebookSecret): LabIcon {
  switch (state) {
    case 'no_kernel':
      return circleEmptyIcon;
    case 'in_kernel':
      return checkIcon;
    case 'next_cell':
      return granted ? fastForwardIcon : closeIcon;
    case 'restart':
    case 'before':
      return refreshIcon;
    case 'left_out':
    case 'missing':
      return alertIcon;
  }
}
