import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IReferences } from '../insert/references.ts';
import { Documents } from '../insert/target.ts';
import { translateWith } from '../text.ts';
import { DOMAIN } from '../tokens.ts';

const SETTINGS = '@datalayer-secrets/jupyterlab:panel';

export const referencesPlugin: JupyterFrontEndPlugin<IReferences> = {
  id: '@datalayer-secrets/jupyterlab:references',
  description: 'Knows where references to secrets go in notebooks and files, and how they are written there.',
  autoStart: true,
  provides: IReferences,
  optional: [INotebookTracker, IEditorTracker, ISettingRegistry, ITranslator],
  activate: (
    app,
    notebooks: INotebookTracker | null,
    editors: IEditorTracker | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null,
  ): IReferences => {
    let style: 'environment' | 'get' = 'environment';
    const follow = (set: ISettingRegistry.ISettings): void => {
      style = set.get('pythonReference').composite === 'get' ? 'get' : 'environment';
    };
    // Without settings (none are there, or they cannot be read) the default holds; JupyterLab says what is wrong with them.
    settings?.load(SETTINGS).then(
      (set) => {
        follow(set);
        set.changed.connect(follow);
      },
      () => undefined,
    );
    return {
      documents: new Documents({ shell: app.shell, notebooks, editors }),
      manner: {
        get style() {
          return style;
        },
        translate: translateWith((translator ?? nullTranslator).load(DOMAIN)),
      },
    };
  },
};
