import path from 'node:path';
import { buildLabextension, carryService, installWheel, packWheel } from '../build/wheel.ts';
import { hostTarget } from '../build/targets.ts';
import { startJupyterServer } from '../jupyter-server.ts';
import { python, scratch } from '../places.ts';
import type { RunningEditor, StartOptions } from './editor.ts';

/** JupyterLab with the package of this clone, installed as users install it, on the sample notebook. */
export async function startJupyter({ workspace, env, port }: StartOptions): Promise<RunningEditor> {
  console.log('Building the JupyterLab extension …');
  await carryService([hostTarget()]);
  await buildLabextension();
  // Not into dist/: a wheel for others carries the keychain binaries of all platforms.
  await installWheel(python, await packWheel(path.join(scratch, 'wheel')));
  console.log('Starting JupyterLab …');
  const folder = path.join(scratch, 'jupyter');
  const server = await startJupyterServer({ python, folder, workspace, env: activated(env), port });
  return { name: 'JupyterLab', server, address: server.url('lab/tree/forecast.ipynb') };
}

/** The environment in which a user works who has activated ours, without anything that leads to a Jupyter of the user's own. */
export function activated(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(JUPYTER|JPY_|IPYTHON|PYTHON)/.test(name));
  return { ...Object.fromEntries(kept), PATH: path.dirname(python) + path.delimiter + (env['PATH'] ?? '') };
}
