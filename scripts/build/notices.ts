import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { extensionFolder, jupyterFolder, root } from '../places.ts';

/** Goes with everything that is shipped. */
export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/**
 * The licences of what our bundles took in, as their authors wrote them, and of the keychain's library, which lies beside
 * the bundle. Which packages these are is found by bundling anew; one without a licence text fails the build.
 */
export async function thirdPartyNotices(): Promise<string> {
  const { metafile } = await build({
    entryPoints: [
      path.join(root, 'server/src/main.ts'),
      path.join(extensionFolder, 'src/extension.ts'),
      path.join(jupyterFolder, 'src/index.ts'),
    ],
    outdir: 'nowhere',
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['vscode', 'keytar', '@jupyterlab/*', '@lumino/*', 'react'],
    loader: { '.svg': 'text', '.css': 'text' },
    metafile: true,
    write: false,
    absWorkingDir: root,
    logLevel: 'error',
  });
  const keytar = createRequire(path.join(root, 'server/')).resolve('keytar/package.json');
  const folders = new Set([path.dirname(keytar)]);
  for (const file of Object.keys(metafile.inputs)) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
    if (folder !== undefined) folders.add(path.join(root, folder));
  }
  const parts = await Promise.all([...folders].map(notice));
  return `Datalayer Secrets contains the following software of others.\n\n${parts.sort().join('\n')}`;
}

async function notice(folder: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  if (file === undefined) throw new Error(`${name} ${version} has no licence text.`);
  const text = (await readFile(path.join(folder, file), 'utf8')).replaceAll('\r\n', '\n').trim();
  return `${name} ${version}\n${'='.repeat(`${name} ${version}`.length)}\n\n${text}\n`;
}
