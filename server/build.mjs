import { copyFile, mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const outdir = join(here, 'dist');

/**
 * Platform of the keychain's library as its packages are named, e.g. `linux-x64-gnu`. `--platform` builds for another
 * one, whose package then has to be in node_modules.
 */
const platform = argument('--platform') ?? thisPlatform();
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));

/**
 * The keychain's package finds its library by trying every platform's package name. The bundle has one platform, and its
 * library lies beside it under a fixed name; where it does not load, the loader's error is the caller's to explain.
 */
const keychainLibrary = {
  name: 'keychain-library',
  setup(bundler) {
    bundler.onResolve({ filter: /^keytar$/ }, () => ({ path: 'keytar', namespace: 'keychain-library' }));
    bundler.onLoad({ filter: /.*/, namespace: 'keychain-library' }, () => ({
      contents: "module.exports = require('./keyring.node')",
      loader: 'js',
    }));
    bundler.onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, external: true }));
  },
};

const { outputFiles } = await build({
  entryPoints: { service: join(here, 'src', 'main.ts') },
  outdir,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  minify: true,
  legalComments: 'none',
  define: {
    'import.meta.filename': '__filename',
    'import.meta.dirname': '__dirname',
    SERVICE_VERSION: JSON.stringify(version),
  },
  plugins: [keychainLibrary],
  logLevel: 'warning',
  write: false,
});
await mkdir(outdir, { recursive: true });
// Renamed into place: a service that is being started meanwhile reads the old file or the new one.
for (const { path, contents } of outputFiles) await replace(path, (draft) => writeFile(draft, contents));
const library = await findLibrary();
await replace(join(outdir, 'keyring.node'), (draft) => copyFile(library, draft));
for (const file of await readdir(outdir)) {
  const { size } = await stat(join(outdir, file));
  console.log(`server/dist/${file}  ${size.toLocaleString('en')} bytes`);
}

async function replace(file, write) {
  await write(`${file}.tmp`);
  await rename(`${file}.tmp`, file);
}

async function findLibrary() {
  const name = `@napi-rs/keyring-${platform}`;
  const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  const file = (await readdir(folder)).find((entry) => entry.endsWith('.node'));
  if (file === undefined) throw new Error(`${name} holds no library`);
  return join(folder, file);
}

function thisPlatform() {
  const { platform: os, arch, report } = process;
  if (os === 'linux') return `linux-${arch}-${report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl'}`;
  return os === 'win32' ? `win32-${arch}-msvc` : `${os}-${arch}`;
}

function argument(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}
