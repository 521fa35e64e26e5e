import {
  hasSecrets,
  oneLine,
  shownVaults,
  type ModelState,
  vaultDescription,
  vaultName,
} from '@datalayer-secrets/shared';
import { addIcon, ellipsesIcon, MenuSvg, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { secretsIcon, vaultIcon } from '../icons.ts';
import { COMMANDS } from '../tokens.ts';
import { isOffered } from './actions.ts';
import { Icon, IconButton } from './parts.tsx';
import { useSignal, useTools, type PanelTools } from './tools.ts';

/** Groups of what can be done with vaults rather than with a secret. */
const MENU = [
  [COMMANDS.useLocalVault, COMMANDS.unlock, COMMANDS.lock, COMMANDS.setPassphrase],
  [COMMANDS.signIn, COMMANDS.signOut],
] as const;

/** Which vault on which machine, and what can be done with it. */
export function Header({ state }: { state: ModelState }): React.ReactElement {
  const tools = useTools();
  const { commands, t } = tools;
  useSignal(commands.commandChanged);
  const { title, detail, icon } = headline(tools, state);
  const begun = state.vaults.some(({ info, list }) => info.kind === 'local' && list.kind !== 'setup-needed');
  const can = (command: string): boolean =>
    isOffered(commands, { command }) && !(command === COMMANDS.useLocalVault && begun);
  return (
    <div className="dls-Header">
      <Icon icon={icon} className="dls-Header-icon" />
      <div className="dls-Header-text">
        <h2 className="dls-Header-title" title={title}>
          {title}
        </h2>
        {detail !== '' && (
          <p className="dls-Header-detail" title={detail}>
            {detail}
          </p>
        )}
      </div>
      <div className="dls-Header-actions" role="toolbar" aria-label={t('Secrets')}>
        {can(COMMANDS.create) && state.vaults.some(hasSecrets) && (
          <IconButton
            icon={addIcon}
            label={t('Create Secret')}
            onClick={() => void commands.execute(COMMANDS.create)}
          />
        )}
        {can(COMMANDS.refresh) && (
          <IconButton icon={refreshIcon} label={t('Refresh')} onClick={() => void commands.execute(COMMANDS.refresh)} />
        )}
        {MENU.flat().some(can) && (
          <IconButton
            icon={ellipsesIcon}
            label={t('Vault and sign-in')}
            hasMenu
            onClick={(event) => openMenu(tools, can, event.currentTarget)}
          />
        )}
      </div>
    </div>
  );
}

function headline({ t }: PanelTools, state: ModelState): { title: string; detail: string; icon: typeof secretsIcon } {
  const vaults = shownVaults(state);
  const [first] = vaults;
  const status = state.service.kind === 'ready' ? state.service.status : null;
  if (!first) return { title: t('Secrets'), detail: '', icon: secretsIcon };
  const host = status ? oneLine(status.host) : '';
  if (vaults.length > 1)
    return { title: t('Secrets'), detail: status ? t('on {host}', { host }) : '', icon: secretsIcon };
  const described = status ? vaultDescription(t, first.info, status) : '';
  const elsewhere = first.info.kind !== 'local' && status !== null;
  return {
    title: vaultName(t, first.info),
    detail: elsewhere ? t('{vault}; the service runs on {host}', { vault: described, host }) : described,
    icon: vaultIcon(first.info),
  };
}

function openMenu({ commands }: PanelTools, can: (command: string) => boolean, button: HTMLElement): void {
  const menu = new MenuSvg({ commands });
  for (const group of MENU) {
    const offered = group.filter(can);
    if (offered.length > 0 && menu.items.length > 0) menu.addItem({ type: 'separator' });
    for (const command of offered) menu.addItem({ command });
  }
  menu.aboutToClose.connect(() => {
    button.focus();
    // The chosen command runs after the menu has closed.
    setTimeout(() => menu.dispose());
  });
  const { left, bottom } = button.getBoundingClientRect();
  menu.open(left, bottom);
}
