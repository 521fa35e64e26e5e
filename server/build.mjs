import { readFileSync } from 'node:fs';
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

/** Of undici the remote vaults use three parts; its index would bring WebSocket, caches and mocks: a third of the bundle. */
const partsOfUndici = {
  name: 'parts-of-undici',
  setup(bundler) {
    const lib = join(dirname(createRequire(import.meta.url).resolve('undici/package.json')), 'lib');
    const parts = { Agent: 'dispatcher/agent.js', EnvHttpProxyAgent: 'dispatcher/env-http-proxy-agent.js' };
    const lines = Object.entries(parts).map(([name, file]) => `exports.${name} = require('./${file}');`);
    bundler.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'parts-of-undici' }));
    bundler.onLoad({ filter: /.*/, namespace: 'parts-of-undici' }, () => ({
      contents: [...lines, "exports.fetch = require('./web/fetch/index.js').fetch;"].join('\n'),
      resolveDir: lib,
      loader: 'js',
    }));
  },
};

/**
 * A module that is loaded late brings along every module its imports pass through, and an index passes through all. So an
 * import from shared's index is pointed at the file that has the name: `ensure` needs an error class, not every schema.
 */
const pastTheIndex = {
  name: 'past-the-index',
  setup(bundler) {
    const index = join(here, '..', 'shared', 'src', 'index.ts');
    const homes = homesOf(index);
    bundler.onLoad({ filter: /[\\/](server|loopback)[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replace(
        /^import (type )?\{([^}]*)\} from '@datalayer-secrets\/shared';$/gm,
        (_, type = '', names) =>
          names
            .split(',')
            .map((name) => importOf(name.trim(), type, homes))
            .join(' '),
      );
      return { contents, loader: 'ts' };
    });
  },
};

function importOf(name, type, homes) {
  if (name === '') return '';
  const home = homes.get(name.replace(/^type /, '').replace(/ as .*/, ''));
  if (home === undefined) throw new Error(`shared exports no ${name}`);
  return `import ${type}{ ${name} } from ${JSON.stringify(home)};`;
}

/** Every name that an index exports, and the file that declares it. */
function homesOf(index) {
  const homes = new Map();
  const text = readFileSync(index, 'utf8');
  for (const [, name] of text.matchAll(/^export (?:async )?(?:class|function\*?|const|interface|type) (\w+)/gm))
    homes.set(name, index);
  for (const [, names, file] of text.matchAll(/^export (?:type )?(\*|\{[^}]*\})(?: from '(\..*)')?;$/gm)) {
    const inner = file === undefined ? null : homesOf(join(dirname(index), file));
    for (const name of names === '*'
      ? inner.keys()
      : names
          .slice(1, -1)
          .split(',')
          .map((part) => part.trim().replace(/^type /, ''))) {
      if (name !== '' && !homes.has(name)) homes.set(name, inner?.get(name) ?? index);
    }
  }
  return homes;
}

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
  plugins: [keychainLibrary, partsOfUndici, pastTheIndex],
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
