import * as React from 'react';

import { SheetView } from '../forms/sheet-view.tsx';
import { Browser } from './browser.tsx';
import type { Desk } from './desk.ts';
import { Header } from './header.tsx';
import { NotebookBar } from './notebook-bar.tsx';
import { panelState } from './panel-state.ts';
import { Tools, useModel, useNow, useSignal, type PanelTools } from './tools.ts';
import { greeting, Welcome } from './welcome.tsx';

export interface PanelProps {
  readonly tools: PanelTools;
  readonly desk: Desk;
  /** Called after each drawing. */
  readonly drawn: () => void;
}

/** The whole panel: which vault, then a form, or what there is to say, or the secrets. */
export function PanelView({ tools, desk, drawn }: PanelProps): React.ReactElement {
  const { secrets, kernels, t } = tools;
  const state = useModel(secrets);
  useSignal(secrets.changed);
  useSignal(desk.changed);
  const now = useNow(desk.visible);
  React.useEffect(drawn);

  const shown = panelState(state, secrets);
  const welcome = greeting(t, shown, state, secrets.policy);
  const { sheet } = desk;
  return (
    <Tools.Provider value={tools}>
      <Header state={state} />
      {sheet ? (
        <SheetView
          key={sheet.id}
          sheet={sheet.sheet}
          secrets={secrets}
          kernels={kernels}
          t={t}
          done={(completed) => desk.close(sheet.id, completed)}
          dirty={(is) => (desk.dirty = is)}
        />
      ) : welcome ? (
        <Welcome {...welcome} />
      ) : shown.kind === 'list' || shown.kind === 'noMatch' ? (
        <Browser state={state} desk={desk} now={now} />
      ) : (
        <div className="dls-Loading" role="status">
          <div className="dls-Progress" />
          <p>{t('Looking for your secrets…')}</p>
        </div>
      )}
      {!sheet && (shown.kind === 'list' || shown.kind === 'noMatch' || shown.kind === 'locked') && (
        <NotebookBar vaults={state.vaults} />
      )}
      {!sheet && (
        <p className="dls-Footer">
          {t('Values are never shown in JupyterLab. To see one, use “Copy Value” in VS Code.')}
        </p>
      )}
    </Tools.Provider>
  );
}
