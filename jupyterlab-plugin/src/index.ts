import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { panelPlugin } from './plugins/panel.ts';

/** All parts of the extension; each can be disabled alone. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [panelPlugin];

export default plugins;
