import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dist, extensionFolder, root, scratch } from '../places.ts';
import { must } from '../program.ts';
import { keyringBinary } from './keyring-binary.ts';
import { NOTICES, thirdPartyNotices } from './notices.ts';
import type { Target } from './targets.ts';

/** What ships of the extension's folder; what ships of the repository. */
const OF_EXTENSION = ['package.json', 'package.nls.json', 'README.md', 'l10n', 'media', 'dist'];
const OF_REPOSITORY = ['LICENSE', 'CHANGELOG.md'];

/** Packs the bundled extension for one platform; returns the path of the VSIX. */
export async function packVsix(target: Target): Promise<string> {
  const stage = path.join(scratch, 'vsix', target);
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });
  for (const name of OF_EXTENSION)
    await cp(path.join(extensionFolder, name), path.join(stage, name), { recursive: true });
  for (const name of OF_REPOSITORY) await cp(path.join(root, name), path.join(stage, name));
  await writeFile(path.join(stage, NOTICES), await thirdPartyNotices());

  // The bundle brought the keychain binary of this machine; the VSIX carries the one of its platform.
  await cp(await keyringBinary(target), path.join(stage, 'dist/service/keyring.node'));

  const manifest = JSON.parse(await readFile(path.join(stage, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  const shipped = { ...manifest, scripts: undefined, devDependencies: undefined, private: undefined };
  await writeFile(path.join(stage, 'package.json'), JSON.stringify(shipped, null, 2));

  await mkdir(dist, { recursive: true });
  const file = path.join(dist, `${manifest.name}-${target}-${manifest.version}.vsix`);
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  await must(
    'Packing the VSIX',
    [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--target', target, '--out', file],
    {
      cwd: stage,
    },
  );
  return file;
}
