import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { panelPlugin } from './plugins/panel.ts';
import { servicePlugin } from './plugins/service.ts';

/** All parts of the extension; each can be disabled alone. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [servicePlugin, panelPlugin];

export default plugins;
