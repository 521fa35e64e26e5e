import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { dist, jupyterFolder, root } from '../places.ts';
import { packPython } from './python-package.ts';

/** Packs the file that kernels import as a package of its own, for programs elsewhere; returns the paths of wheel and sources. */
export async function packKernelPackage(into = dist): Promise<string[]> {
  const stage = path.join(into, 'kernel-package');
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });
  for (const file of [
    path.join(root, 'LICENSE'),
    path.join(jupyterFolder, 'package.json'),
    path.join(jupyterFolder, 'kernel-package/pyproject.toml'),
    path.join(jupyterFolder, 'kernel-package/README.md'),
    path.join(jupyterFolder, 'jupyterlab_datalayer_secrets/kernel/datalayer_secrets.py'),
  ]) {
    await cp(file, path.join(stage, path.basename(file)));
  }
  const packed = await packPython(stage, into);
  await rm(stage, { recursive: true });
  return packed;
}
