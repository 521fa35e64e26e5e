import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dist, jupyterFolder, root, serviceBundle } from '../places.ts';
import { endOfProgram, must, ProgramFailed } from '../program.ts';
import { keyringBinary, libraryOfPlatform } from './keyring-binary.ts';
import { NOTICES, thirdPartyNotices } from './notices.ts';
import { packPython } from './python-package.ts';
import { KEYRING_PACKAGES, type Target } from './targets.ts';

/** A wheel is for every platform, so it carries the keychain binaries of all that JupyterLab runs on. */
const TARGETS = (Object.keys(KEYRING_PACKAGES) as Target[]).filter((target) => target !== 'linux-armhf');

/** Puts the bundled service into the Python package, with the keychain binaries of the given platforms. */
export async function carryService(targets: readonly Target[] = TARGETS): Promise<void> {
  const folder = path.join(jupyterFolder, 'jupyterlab_datalayer_secrets/service');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(serviceBundle, path.join(folder, 'service.cjs'));
  await writeFile(path.join(folder, 'keyring.node.js'), libraryOfPlatform('./keyring-', '.node'));
  // Else Node would go by the package.json of whatever project an environment lies in.
  await writeFile(path.join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  for (const target of targets) {
    const platform = KEYRING_PACKAGES[target].replace('@napi-rs/', '');
    await cp(await keyringBinary(target), path.join(folder, `${platform}.node`));
  }
}

/** Builds the labextension: what the page loads. */
export async function buildLabextension(): Promise<void> {
  process.stdout.write(
    await must('Building the labextension', [path.join(jupyterFolder, 'build.mjs')], { cwd: jupyterFolder }),
  );
}

/** Packs wheel and source distribution into a folder; returns their paths. Service and labextension are there already. */
export async function packWheel(into = dist): Promise<string[]> {
  await cp(path.join(root, 'LICENSE'), path.join(jupyterFolder, 'LICENSE'));
  await writeFile(path.join(jupyterFolder, NOTICES), await thirdPartyNotices());
  return packPython(jupyterFolder, into);
}

/**
 * Installs what `packWheel` returned into a virtual environment. The packages it asks for are looked for in `wheels`, a folder;
 * without it they have to be there already.
 */
export async function installWheel(into: string, packed: readonly string[], wheels?: string): Promise<void> {
  const wheel = packed.find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw new Error('There is no wheel.');
  const from = wheels === undefined ? ['--no-deps'] : ['--find-links', wheels];
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-index', ...from];
  const { code, output } = await endOfProgram(into, [...args, '--force-reinstall', wheel], { cwd: root });
  if (code !== 0) throw new ProgramFailed(`Installing the wheel failed:\n${output}`);
}
