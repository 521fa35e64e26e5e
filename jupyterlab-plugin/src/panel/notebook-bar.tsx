import { oneLine, type VaultView } from '@datalayer-secrets/shared';
import { listIcon, notebookIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { alertIcon } from '../icons.ts';
import type { NotebookState } from '../kernels/notebook-state.ts';
import { COMMANDS } from '../tokens.ts';
import { kernelWords, leftOut, nameOfNotebook, reasonWords, wantsRestart } from './notebook-words.ts';
import { Icon, IconButton, WayButtons } from './parts.tsx';
import { Switch } from './switch.tsx';
import { useNotebook, useTools } from './tools.ts';

/** Which notebook the switches in the list are for, what its kernel has and lacks, and whether its outputs are redacted. */
export function NotebookBar({ vaults }: { vaults: readonly VaultView[] }): React.ReactElement | null {
  const { kernels, commands, restart, t } = useTools();
  const state = useNotebook();
  // A vault that is open now, or a secret that is there again: whether the kernel gets it, the server knows.
  const listed = vaults.map(({ info, list }) => `${info.id} ${list.kind} ${info.revision}`).join();
  const before = React.useRef(listed);
  React.useEffect(() => {
    if (before.current !== listed) void kernels.refresh();
    before.current = listed;
  }, [kernels, listed]);

  if (state.kind === 'none') return null;
  const { path } = state.place;
  const notebook = state.kind === 'known' ? state.notebook : null;
  return (
    <section className="dls-Notebook" aria-label={t('Notebook {name}', { name: nameOfNotebook(path) })}>
      <div className="dls-Notebook-head">
        <Icon icon={notebookIcon} />
        <bdi className="dls-Notebook-name" title={oneLine(path)}>
          {nameOfNotebook(path)}
        </bdi>
        {commands.hasCommand(COMMANDS.grants) && (
          <IconButton
            icon={listIcon}
            label={t('What Notebooks May Use…')}
            onClick={() => void commands.execute(COMMANDS.grants)}
          />
        )}
      </div>
      <p role="status">{kernelWords(t, state)}</p>
      {state.kind === 'failed' && (
        <button type="button" className="dls-Button" onClick={() => void kernels.refresh()}>
          {t('Try Again')}
        </button>
      )}
      {notebook && wantsRestart(notebook) && (
        <button type="button" className="dls-Button" onClick={restart}>
          {t('Restart Kernel…')}
        </button>
      )}
      {notebook?.possible === true && <Redaction on={notebook.redaction} />}
      {notebook && <LeftOut notebook={notebook} />}
    </section>
  );
}

/** What is allowed and not in the environment. */
function LeftOut({ notebook }: { notebook: NotebookState }): React.ReactElement | null {
  const { t } = useTools();
  const all = leftOut(notebook);
  if (all.length === 0) return null;
  const closed = all.some(({ reason }) => reason === 'locked' || reason === 'no_service');
  const gone = all.find(({ reason }) => reason === 'not_found')?.names ?? [];
  const create = gone.map((name) => ({
    label: t('Create {name}', { name: oneLine(name) }),
    command: COMMANDS.create,
    args: { name },
  }));
  return (
    <div className="dls-Notebook-left">
      <p>{t('Not in the kernel’s environment:')}</p>
      <ul>
        {all.map(({ reason, names }) => (
          <li key={reason}>
            {names.map((name, index) => (
              <React.Fragment key={index}>
                {index > 0 && ', '}
                <bdi>{oneLine(name)}</bdi>
              </React.Fragment>
            ))}
            {`: ${reasonWords(t, reason)}`}
          </li>
        ))}
      </ul>
      {notebook.kernel === 'live' && all.some(({ state }) => state === 'left_out') && (
        <p>{t('Code gets what was left out by datalayer_secrets.get("NAME").')}</p>
      )}
      <WayButtons
        ways={[
          ...(closed ? [{ label: t('Unlock'), command: COMMANDS.unlock }] : []),
          ...(create.length === 1 ? create : []),
        ]}
      />
    </div>
  );
}

/** Out of the way while it is on; in sight while it is off. */
function Redaction({ on }: { on: boolean }): React.ReactElement | null {
  const { kernels, commands, t } = useTools();
  const [open, setOpen] = React.useState(false);
  const id = React.useId();
  if (!commands.hasCommand(COMMANDS.redaction)) return null;
  const set = async (wanted: boolean): Promise<void> => {
    await commands.execute(COMMANDS.redaction, { on: wanted });
    await kernels.refresh();
  };
  const shown = open || !on;
  return (
    <div className={on ? 'dls-Redaction' : 'dls-Redaction dls-mod-off'}>
      {!on && <Icon icon={alertIcon} />}
      <Switch label={t('Redact values in outputs')} on={on} set={set}>
        <span className="dls-Redaction-label">{on ? t('Outputs are redacted') : t('Outputs are not redacted')}</span>
      </Switch>
      <button
        type="button"
        className="dls-More"
        aria-expanded={shown}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        hidden={!on}
      >
        {t('About')}
      </button>
      <p id={id} className="dls-Redaction-help" hidden={!shown}>
        {on
          ? t(
              'Cells that print a value show [NAME] in its place. Not so values under 6 characters, and values that code has split or transformed.',
            )
          : t('Cells of this notebook print values as they are, and the notebook file keeps them.')}
      </p>
    </div>
  );
}
