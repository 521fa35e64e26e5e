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
  return path.join(folder, 'node_modules', name);
}
