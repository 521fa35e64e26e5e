import path from 'node:path';

/** The clone. */
export const root = path.resolve(import.meta.dirname, '..');
/** What the set-up brought; can be brought again. */
export const tools = path.join(root, '.tools');
/** What runs leave behind; can be deleted whenever nothing runs. */
export const scratch = path.join(root, '.scratch');
/** What `npm run build` leaves for users. */
export const dist = path.join(root, 'dist');

export const vscodeServer = path.join(tools, 'code-server/node_modules/code-server/lib/vscode/out/server-main.js');
export const serviceBundle = path.join(root, 'server/dist/service.cjs');
export const extensionFolder = path.join(root, 'extension');
export const jupyterFolder = path.join(root, 'jupyterlab-plugin');
/** Python of the clone's virtual environment, with JupyterLab and what building and testing take. */
export const python = path.join(
  tools,
  'jupyter',
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
);
