import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root, tools } from '../places.ts';
import { endOfProgram, ProgramFailed } from '../program.ts';
import { KEYRING_PACKAGES, type Target } from './targets.ts';

/** The keychain binary of a platform: this machine's is installed already, another's is fetched, at the version and integrity of the lockfile. */
export async function keyringBinary(target: Target): Promise<string> {
  const name = KEYRING_PACKAGES[target];
  const folder = installed(name) ?? (await fetched(name, target));
  const binary = (await readdir(folder)).find((file) => file.endsWith('.node'));
  if (binary === undefined) throw new Error(`${name} holds no binary.`);
  return path.join(folder, binary);
}

/** Looked for from the package that loads it: another one's binary may lie nearer to us, in a version of its own. */
function installed(name: string): string | null {
  const keytar = createRequire(path.join(root, 'server/')).resolve('keytar/package.json');
  try {
    return path.dirname(createRequire(keytar).resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}

async function fetched(name: string, target: Target): Promise<string> {
  const lock = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Partial<Record<string, { version: string; integrity: string }>>;
  };
  const entry = lock.packages[`node_modules/keytar/node_modules/${name}`] ?? lock.packages[`node_modules/${name}`];
  if (!entry) throw new Error(`${name} is not in package-lock.json.`);
  const folder = path.join(tools, 'keyring', target);
  const { version, integrity } = entry;
  const result = path.join(folder, 'node_modules', name);
  if (await isThere(result, version)) return result;
  const manifest = { name: 'keyring-binary', private: true, dependencies: { [name]: version } };
  const packages = { '': manifest, [`node_modules/${name}`]: { version, integrity } };
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(
    path.join(folder, 'package-lock.json'),
    JSON.stringify({ name: manifest.name, lockfileVersion: 3, packages }),
  );
  // --force: npm refuses a package of another platform otherwise.
  const { code, output } = await endOfProgram('npm', ['ci', '--ignore-scripts', '--force', '--no-audit', '--no-fund'], {
    cwd: folder,
  });
  if (code !== 0) throw new ProgramFailed(`Fetching ${name} failed:\n${output}`);
  return result;
}

async function isThere(folder: string, version: string): Promise<boolean> {
  const manifest = await readFile(path.join(folder, 'package.json'), 'utf8').catch(() => '{}');
  return (JSON.parse(manifest) as { version?: string }).version === version;
}

/**
 * A module that loads the keychain binary of the platform it runs on, `prefix` being what comes before the platform's name. It
 * goes by the name `keyring.node.js`: where the bundle looks for `./keyring.node` and finds no such file, Node takes this one.
 */
export function libraryOfPlatform(prefix: string, suffix = ''): string {
  return `'use strict';
const { arch, platform, report } = process;
report.excludeNetwork = true; // it would look up the names of all that this process is connected to
const abi = { linux: () => (report.getReport().header.glibcVersionRuntime ? '-gnu' : '-musl'), win32: () => '-msvc' };
const kind = platform === 'linux' && arch === 'arm' ? '-gnueabihf' : (abi[platform]?.() ?? '');
module.exports = require('${prefix}' + platform + '-' + arch + kind + '${suffix}');
`;
}
