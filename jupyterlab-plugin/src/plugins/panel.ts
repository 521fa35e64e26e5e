import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { type ISessionContext, ISessionContextDialogs, SessionContextDialogs } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { SecretsPanel } from '../panel/panel-widget.tsx';
import { translateWith } from '../text.ts';
import { DOMAIN, IKernelSecrets, ISecrets, ISecretsPanel } from '../tokens.ts';

export const panelPlugin: JupyterFrontEndPlugin<ISecretsPanel> = {
  id: '@datalayer-secrets/jupyterlab:panel',
  description: 'Lists the secrets in the side bar.',
  autoStart: true,
  requires: [ISecrets, IKernelSecrets],
  optional: [ITranslator, ILayoutRestorer, ISessionContextDialogs],
  provides: ISecretsPanel,
  activate: (
    { shell, commands }: JupyterFrontEnd,
    secrets: ISecrets,
    kernels: IKernelSecrets,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    dialogs: ISessionContext.IDialogs | null,
  ): ISecretsPanel => {
    const { languageCode, load } = bound(translator ?? nullTranslator);
    const t = translateWith(load(DOMAIN));
    const language = languageTag(languageCode);
    // Notebook 7.5 and older closes a panel that is open when it is activated anew.
    const reveal = (): void => (panel.isVisible ? panel.activate() : shell.activateById(panel.id));
    const restart = (): void => {
      const context = kernels.panel?.sessionContext;
      if (context) void (dialogs ?? new SessionContextDialogs()).restart(context);
    };
    const panel = new SecretsPanel({ secrets, kernels, restart, commands, t, language }, reveal);
    shell.add(panel, 'left', { rank: 600 });
    restorer?.add(panel, panel.id);
    return {
      activate: reveal,
      search: () => panel.search(),
      open: (sheet) => panel.open(sheet),
      get selected() {
        return panel.selected;
      },
    };
  },
};

function bound(translator: ITranslator): Pick<ITranslator, 'languageCode' | 'load'> {
  return { languageCode: translator.languageCode, load: (domain) => translator.load(domain) };
}

/** `de_DE` -> `de-DE`; English for what the browser does not know. */
function languageTag(code: string): string {
  const [tag] = Intl.DateTimeFormat.supportedLocalesOf([code.replaceAll('_', '-')]);
  return tag ?? 'en';
}
