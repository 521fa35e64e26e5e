import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { dist, root, scratch, tools } from '../../../scripts/places.ts';
import { makeVenv } from '../../../scripts/setup/pip.mjs';
import { waitForTurn } from '../../../scripts/setup/turn.mjs';

const run = promisify(execFile);
const wheels = path.join(tools, 'wheels');

/** `jupyter`: the releases that this repository works with; `oldest`: the oldest that our package promises to work in. */
export type Release = 'jupyter' | 'oldest';

/** The wheel that `npm run build` left. */
export async function builtWheel(): Promise<string> {
  const names = await readdir(dist).catch(() => []);
  const name = names.find((file) => file.startsWith('jupyterlab_') && file.endsWith('.whl'));
  if (name === undefined) throw new Error('There is no wheel in dist/: npm run build');
  return path.join(dist, name);
}

/**
 * Python of a virtual environment in which a user has JupyterLab and Notebook 7, and has then installed our wheel, nothing else.
 * No network: what pip asks for lies in a folder. Another wheel takes the place of the one before.
 */
export async function installedEnvironment(release: Release = 'jupyter'): Promise<string> {
  const folder = path.join(scratch, `environment-${release}`);
  const packages = path.join(root, `scripts/setup/python/${release}.txt`);
  const python = path.join(folder, 'bin/python');
  const pip = async (command: string, ...args: string[]) =>
    run(python, ['-m', 'pip', '--isolated', command, '--quiet', '--disable-pip-version-check', ...args]);
  const install = ['--no-index', '--find-links', wheels];

  // Files of tests run at the same time, each in a process of its own.
  await mkdir(scratch, { recursive: true });
  const done = await waitForTurn(`${folder}.lock`, () => undefined);
  try {
    await once(path.join(folder, 'made'), [root, await readFile(packages)], async () => {
      await makeVenv(folder, { tick: () => undefined });
      await pip('install', ...install, '-r', packages);
    });
    const wheel = await builtWheel();
    await once(path.join(folder, 'installed'), [await readFile(wheel)], async () => {
      await pip('uninstall', '--yes', 'jupyterlab-datalayer-secrets');
      await pip('install', ...install, wheel);
    });
    return python;
  } finally {
    done();
  }
}

/** Does what depends on the given parts, unless the file says that it was done with the same. */
async function once(file: string, parts: readonly (string | Buffer)[], work: () => Promise<void>): Promise<void> {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const digest = hash.digest('hex');
  if (existsSync(file) && (await readFile(file, 'utf8')) === digest) return;
  await rm(file, { force: true });
  await work();
  await writeFile(file, digest);
}
