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
import { Icon, IconButton } from './parts.tsx';
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
  const { kernels, commands, restart, t } = useTools();
  const state = useNotebook();
  if (state.kind !== 'known' || !state.notebook.possible || !commands.hasCommand(COMMANDS.allow)) return null;
  const { notebook } = state;
  const found = standing(state, row);
  const name = oneLine(row.secret.name);
  const words = { name, notebook: nameOfNotebook(notebook.path) };
  const tabIndex = active ? 0 : -1;
  const set = async (on: boolean): Promise<void> => {
    await commands.execute(on ? COMMANDS.allow : COMMANDS.revoke, { vault: row.vault, uid: row.secret.uid });
    await kernels.refresh();
  };
  return (
    <span className="dls-InNotebook">
      {found && (found.state === 'restart' || found.state === 'before') ? (
        <IconButton
          icon={refreshIcon}
          label={t('{name}: {state}. Restart Kernel…', { name, state: secretWords(t, found) })}
          tabIndex={tabIndex}
          onClick={(event) => {
            event.stopPropagation();
            restart();
          }}
        />
      ) : (
        found && (
          <span className={`dls-Mark dls-mod-${found.state}`} title={secretWords(t, found)}>
            <Icon icon={markIcon(found)} />
          </span>
        )
      )}
      <Switch
        label={t('Allow {name} in {notebook}', words)}
        title={t('Allow {name} in {notebook} (Space)', words)}
        on={found?.granted === true}
        set={set}
        tabIndex={tabIndex}
      />
    </span>
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
