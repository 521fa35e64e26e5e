import { explain, oneLine, type ModelState, type Translate } from '@datalayer-secrets/shared';
import type { LabIcon } from '@jupyterlab/ui-components';
import { lockIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { alertIcon, secretsIcon } from '../icons.ts';
import { COMMANDS, type Policy } from '../tokens.ts';
import { isOffered, waysOn, type Way } from './actions.ts';
import type { PanelState } from './panel-state.ts';
import { WayButton } from './parts.tsx';
import { useSignal, useTools } from './tools.ts';

/** What the panel shows where there are no rows: what is the case, and the ways on, each with what it means. */
export interface Greeting {
  readonly icon: LabIcon;
  readonly title: string;
  readonly text: string;
  readonly ways: readonly (Way & { readonly caption?: string })[];
  /** Said at once by screen readers. */
  readonly alarm?: boolean;
}

/** Null where there are rows, or nothing is known yet. */
export function greeting(t: Translate, shown: PanelState, state: ModelState, policy: Policy | null): Greeting | null {
  const host = state.service.kind === 'ready' ? oneLine(state.service.status.host) : '';
  const signIn: Greeting['ways'][number] = {
    label: t('Sign in to Datalayer'),
    command: COMMANDS.signIn,
    caption: t('The secrets of your Datalayer account, with a token or an API key.'),
  };
  const local: Greeting['ways'][number] = {
    label: t('Use the Local Vault'),
    command: COMMANDS.useLocalVault,
    caption:
      host === ''
        ? t('Encrypted, on the machine where Jupyter runs. No account needed.')
        : t('Encrypted, on {host}, where Jupyter runs. No account needed.', { host }),
  };
  switch (shown.kind) {
    case 'unknown':
    case 'loading':
    case 'list':
    case 'noMatch':
      return null;
    case 'first':
      return {
        icon: secretsIcon,
        title: t('Keep secrets out of notebooks'),
        text: t(
          'Store API keys, passwords and tokens here and write references to them into your code: no value in a notebook or a file.',
        ),
        ways: [local, signIn],
      };
    case 'noVault':
      return {
        icon: secretsIcon,
        title: t('No vault on this server'),
        text: t(
          'Whoever runs this Jupyter server has turned off the vault on its machine (allow_local_vault). Secrets of a Datalayer account can be used instead.',
        ),
        ways: [signIn],
      };
    case 'closed':
      return {
        icon: lockIcon,
        title: t('Your secrets are not open'),
        text: t('Nothing runs until you ask for it.'),
        ways: [
          {
            label: t('Open Secrets'),
            command: policy?.localVault === false ? COMMANDS.refresh : COMMANDS.unlock,
          },
        ],
      };
    case 'locked':
      return {
        icon: lockIcon,
        title: t('The vault is locked'),
        text: host === '' ? '' : t('It lies encrypted on {host}.', { host }),
        ways: [{ label: t('Unlock'), command: COMMANDS.unlock }],
      };
    case 'signedOut':
      return {
        icon: secretsIcon,
        title: t('You are signed out'),
        text: t('Sign in to see the secrets of your account.'),
        ways: policy?.localVault === false ? [signIn] : [signIn, local],
      };
    case 'empty':
      return {
        icon: secretsIcon,
        title: t('No secrets yet'),
        text: t('Create the first one, then insert a reference to it into your code.'),
        ways: [{ label: t('Create Secret'), command: COMMANDS.create }],
      };
    case 'failed': {
      const { what, advice } = explain(shown.error, t);
      return { icon: alertIcon, title: what, text: advice, ways: waysOn(t, shown.error), alarm: true };
    }
  }
}

export function Welcome({ icon, title, text, ways, alarm = false }: Greeting): React.ReactElement {
  const { commands } = useTools();
  useSignal(commands.commandChanged);
  const offered = ways.filter((way) => isOffered(commands, way));
  return (
    <div className={alarm ? 'dls-Welcome dls-mod-alarm' : 'dls-Welcome'} role={alarm ? 'alert' : undefined}>
      <icon.react className="dls-Welcome-icon" tag="span" width="32px" height="32px" aria-hidden="true" />
      <h3 className="dls-Welcome-title">{title}</h3>
      {text !== '' && <p className="dls-Welcome-text">{text}</p>}
      {offered.map((way, index) => (
        <div key={way.label} className="dls-Welcome-way">
          <WayButton way={way} accept={index === 0} />
          {way.caption !== undefined && <p className="dls-Welcome-caption">{way.caption}</p>}
        </div>
      ))}
    </div>
  );
}
