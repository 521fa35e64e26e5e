import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/*
 * node server/build.mjs [--platform linux-x64-gnu]
 * Makes server/dist: the service and its command line as one file, and the keychain's library beside it. `--platform`
 * is named as the library's packages are; that package has to be in node_modules.
 */
const here = import.meta.dirname;
const require = createRequire(import.meta.url);

/** Writes `service.cjs` and `keyring.node` into a folder. */
export async function buildService(outdir, platform = thisPlatform()) {
  const { version } = require('./package.json');
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
  for (const { path, contents } of outputFiles) await replace(path, (draft) => writeFile(draft, contents));
  const library = await findLibrary(platform);
  await replace(join(outdir, 'keyring.node'), (draft) => copyFile(library, draft));
}

/** Renamed into place: a service that is being started meanwhile reads the old file or the new one. */
async function replace(file, write) {
  const draft = `${file}.${process.pid}.tmp`;
  await write(draft);
  await rename(draft, file);
}

/**
 * The keychain's package finds its library by trying every platform's package name. The bundle has one platform, and its
 * library lies beside it under a fixed name; where it does not load, the loader's error is the caller's to explain.
 */
const keychainLibrary = virtual('keytar', "module.exports = require('./keyring.node')", here);

/**
 * Of undici the remote vaults use three parts; its index would bring WebSocket, caches and mocks: a third of the bundle. The
 * index also gives every dispatcher its methods, of which the way through a proxy needs one.
 */
const partsOfUndici = virtual(
  'undici',
  `require('./dispatcher/dispatcher.js').prototype.connect = require('./api/api-connect.js');
   exports.Agent = require('./dispatcher/agent.js');
   exports.EnvHttpProxyAgent = require('./dispatcher/env-http-proxy-agent.js');
   exports.fetch = require('./web/fetch/index.js').fetch;`,
  join(dirname(require.resolve('undici/package.json')), 'lib'),
);

function virtual(name, contents, resolveDir) {
  return {
    name,
    setup(bundler) {
      bundler.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
      bundler.onLoad({ filter: /.*/, namespace: name }, () => ({ contents, resolveDir, loader: 'js' }));
      bundler.onResolve({ filter: /\.node$/, namespace: name }, ({ path }) => ({ path, external: true }));
    },
  };
}

/**
 * A module that is loaded late brings along every module its imports pass through, and an index passes through all. So an
 * import from shared's index is pointed at the file that has the name: `ensure` needs an error class, not every schema.
 */
const pastTheIndex = {
  name: 'past-the-index',
  setup(bundler) {
    const homes = homesOf(join(here, '..', 'shared', 'src', 'index.ts'));
    bundler.onLoad({ filter: /[\\/](server|loopback)[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        /^import (type )?\{([^}]*)\} from '@datalayer-secrets\/shared';$/gm,
        (_, type = '', names) =>
          names
            .split(',')
            .map((name) => importOf(name.trim(), type, homes))
            .join(' '),
      ),
      loader: 'ts',
    }));
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
  for (const [, name] of text.matchAll(/^export (?:async )?(?:class|function\*?|const|interface|type) (\w+)/gm)) {
    homes.set(name, index);
  }
  for (const [, names, file] of text.matchAll(/^export (?:type )?(\*|\{[^}]*\})(?: from '(\..*)')?;$/gm)) {
    const inner = file === undefined ? new Map() : homesOf(join(dirname(index), file));
    const listed = names === '*' ? [...inner.keys()] : names.slice(1, -1).split(',');
    for (const name of listed.map((part) => part.trim().replace(/^type /, ''))) {
      if (name !== '' && !homes.has(name)) homes.set(name, inner.get(name) ?? index);
    }
  }
  return homes;
}

/** As the package itself would find it: another one's library may lie nearer to this file, in a version of its own. */
async function findLibrary(platform) {
  const name = `@napi-rs/keyring-${platform}`;
  const ofKeytar = createRequire(require.resolve('keytar/package.json'));
  const folder = dirname(ofKeytar.resolve(`${name}/package.json`));
  const [library, wanted] = [`${name}/package.json`, './package.json'].map((file) => ofKeytar(file).version);
  if (library !== wanted) throw new Error(`${name} is ${library}, but ${wanted} is wanted`);
  const file = (await readdir(folder)).find((entry) => entry.endsWith('.node'));
  if (file === undefined) throw new Error(`${name} holds no library`);
  return join(folder, file);
}

function thisPlatform() {
  const { platform: os, arch, report } = process;
  report.excludeNetwork = true; // it would look up the names of all that this process is connected to
  if (os === 'linux') return `linux-${arch}-${report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl'}`;
  return os === 'win32' ? `win32-${arch}-msvc` : `${os}-${arch}`;
}

if (process.argv[1] === import.meta.filename) {
  const outdir = join(here, 'dist');
  const at = process.argv.indexOf('--platform');
  await buildService(outdir, at < 0 ? undefined : process.argv[at + 1]);
  for (const file of await readdir(outdir)) {
    const { size } = await stat(join(outdir, file));
    console.log(`server/dist/${file}  ${size.toLocaleString('en')} bytes`);
  }
}
