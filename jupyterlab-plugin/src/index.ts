import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { commandsPlugin } from './plugins/commands.ts';
import { dragPlugin } from './plugins/drag.ts';
import { kernelsPlugin } from './plugins/kernels.ts';
import { panelPlugin } from './plugins/panel.ts';
import { referencesPlugin } from './plugins/references.ts';
import { runningPlugin } from './plugins/running.ts';
import { servicePlugin } from './plugins/service.ts';

/** All parts of the extension; each can be disabled alone. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  servicePlugin,
  kernelsPlugin,
  panelPlugin,
  referencesPlugin,
  commandsPlugin,
  dragPlugin,
  runningPlugin,
];

export default plugins;
