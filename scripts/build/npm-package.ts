import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dist, root } from '../places.ts';
import { endOfProgram, ProgramFailed } from '../program.ts';
import { libraryOfPlatform } from './keyring-binary.ts';
import { NOTICES, thirdPartyNotices } from './notices.ts';
import { KEYRING_PACKAGES } from './targets.ts';

/** Packs service and command line as they install with `npm i -g`; returns the path of the archive. */
export async function packNpm(): Promise<string> {
  const { version, license, dependencies } = JSON.parse(
    await readFile(path.join(root, 'server/package.json'), 'utf8'),
  ) as {
    version: string;
    license: string;
    dependencies: Record<string, string>;
  };
  const keyring = dependencies['keytar']?.split('@').at(-1); // npm:@napi-rs/keyring@<version>
  if (keyring === undefined) throw new Error('server/package.json names no keytar.');
  const stage = path.join(dist, 'npm');
  await rm(stage, { recursive: true, force: true });
  await mkdir(path.join(stage, 'dist'), { recursive: true });
  await cp(path.join(root, 'server/bin'), path.join(stage, 'bin'), { recursive: true });
  await cp(path.join(root, 'server/dist/service.cjs'), path.join(stage, 'dist/service.cjs'));
  // Where the bundle looks for `./keyring.node` and finds no such file, Node looks for this one.
  await writeFile(path.join(stage, 'dist/keyring.node.js'), libraryOfPlatform('@napi-rs/keyring-'));
  for (const name of ['LICENSE', 'README.md']) await cp(path.join(root, name), path.join(stage, name));
  await writeFile(path.join(stage, NOTICES), await thirdPartyNotices());
  const manifest = {
    name: 'datalayer-secrets',
    version,
    description: 'Keep API keys, passwords and tokens out of your code: the secrets service and its command line.',
    license,
    type: 'commonjs',
    bin: { 'datalayer-secrets': 'bin/datalayer-secrets.cjs' },
    files: ['bin', 'dist', NOTICES],
    engines: { node: '>=22.13' },
    optionalDependencies: Object.fromEntries(Object.values(KEYRING_PACKAGES).map((name) => [name, keyring])),
  };
  await writeFile(path.join(stage, 'package.json'), JSON.stringify(manifest, null, 2));
  const { code, output } = await endOfProgram('npm', ['pack', '--ignore-scripts', '--pack-destination', dist], {
    cwd: stage,
  });
  if (code !== 0) throw new ProgramFailed(`Packing the command line failed:\n${output}`);
  return path.join(dist, `${manifest.name}-${version}.tgz`);
}
