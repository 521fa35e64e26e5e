import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { dist, root, scratch, tools } from '../../../scripts/places.ts';
import { waitForTurn } from '../../../scripts/setup/turn.mjs';

const run = promisify(execFile);
const wheels = path.join(tools, 'wheels');

/** The wheel that `npm run build` left. */
export async function builtWheel(): Promise<string> {
  const names = await readdir(dist).catch(() => []);
  const name = names.find((file) => file.endsWith('.whl'));
  if (name === undefined) throw new Error('There is no wheel in dist/: npm run build');
  return path.join(dist, name);
}

/**
 * Python of a virtual environment in which a user has JupyterLab and Notebook 7, and has then installed our wheel, nothing else;
 * made once for each wheel. No network: what pip asks for lies in a folder.
 */
export async function installedEnvironment(): Promise<string> {
  const wheel = await builtWheel();
  const folder = path.join(scratch, 'jupyter-environment');
  const python = path.join(folder, 'bin/python');
  const stamp = path.join(folder, 'wheel');
  const hash = createHash('sha256')
    .update(await readFile(wheel))
    .update(root)
    .digest('hex');
  // Files of tests run at the same time, each in a process of its own.
  await mkdir(scratch, { recursive: true });
  const done = await waitForTurn(`${folder}.lock`, () => undefined);
  try {
    if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === hash) return python;
    await rm(stamp, { force: true });
    await run('python3', ['-m', 'venv', '--clear', folder]);
    const pip = ['-m', 'pip', '--isolated', 'install', '--quiet', '--no-index', '--find-links', wheels];
    await run(python, [...pip, 'jupyterlab', 'notebook', 'ipykernel']);
    await run(python, [...pip, wheel]);
    await writeFile(stamp, hash);
    return python;
  } finally {
    done();
  }
}
