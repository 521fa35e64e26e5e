import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, context } from 'esbuild';

/*
 * node jupyterlab-plugin/build.mjs [--watch]
 * Makes the labextension: our sources, `shared` and the styles become a script in lib/, and one for each part that is loaded when it is
 * needed; then JupyterLab's builder makes of them what the page loads. What JupyterLab brings (`dependencies` in package.json) stays outside.
 */

/** Bytes, gzipped: what a page loads for us before anybody opens the panel or a form, and everything there is. */
const LIMITS = { start: 60_000, everything: 74_000 };

const here = import.meta.dirname;
const require = createRequire(path.join(here, 'package.json'));
const { dependencies } = require('./package.json');
const labextension = path.join(here, 'jupyterlab_datalayer_secrets/labextension');
const watching = process.argv.includes('--watch');

/** A sheet with all that it imports, as a text. Given to JupyterLab's builder, it would bring two loaders into the page. */
const sheetAsText = {
  name: 'sheet-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async (file) => {
      const { outputFiles, metafile } = await build({
        entryPoints: [file.path],
        bundle: true,
        minify: !watching,
        metafile: true,
        write: false,
        outdir: 'nowhere',
        absWorkingDir: here,
      });
      const watchFiles = Object.keys(metafile.inputs).map((name) => path.join(here, name));
      return { contents: outputFiles[0].text, loader: 'text', watchFiles };
    });
  },
};

const options = {
  entryPoints: [path.join(here, 'src/index.ts')],
  outdir: path.join(here, 'lib'),
  bundle: true,
  platform: 'browser',
  format: 'esm',
  splitting: true,
  target: 'es2022',
  external: Object.keys(dependencies).flatMap((name) => [name, `${name}/*`]),
  loader: { '.svg': 'text' },
  plugins: [sheetAsText],
  inject: [path.join(here, 'jsx.mjs')],
  jsxFactory: 'element',
  jsxFragment: 'Fragment',
  charset: 'utf8',
  legalComments: 'none',
  minify: !watching,
  sourcemap: watching,
  logLevel: watching ? 'info' : 'warning',
};

await mkdir(path.join(here, 'lib'), { recursive: true });
if (watching) {
  await (await context(options)).watch();
  await builder(['--development', '--watch']);
} else {
  await removeScripts();
  await build(options);
  await rm(labextension, { recursive: true, force: true });
  await builder([]);
  await report();
}

/** The parts have names of their own for what is in them: those of before would stay. */
async function removeScripts() {
  const lib = path.join(here, 'lib');
  for (const name of await readdir(lib)) if (/\.js(\.map)?$/.test(name)) await rm(path.join(lib, name));
}

/**
 * JupyterLab's own builder, which has no command of its own. It wants the package.json of JupyterLab itself, to know of what a page has
 * one and of which version; ours says the oldest that will do, so that newer and older pages load it without a warning.
 */
async function builder(flags) {
  const script = path.join(path.dirname(require.resolve('@jupyter/builder/package.json')), 'lib/build-labextension.js');
  const core = path.join(here, 'lib/core.package.json');
  const jupyterlab = { singletonPackages: Object.keys(dependencies) };
  await writeFile(core, JSON.stringify({ resolutions: dependencies, dependencies: {}, jupyterlab }));
  const run = spawn(process.execPath, [script, ...flags, '--core-package-file', core, here], {
    cwd: here,
    stdio: watching ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [run.stdout, run.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text));
  return new Promise((resolve, reject) => {
    run.on('error', reject);
    run.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The builder ended with ${code}.\n${said}`))));
  });
}

async function report() {
  const folder = path.join(labextension, 'static');
  const sizes = new Map();
  for (const name of await readdir(folder))
    if (/\.(js|css)$/.test(name)) sizes.set(name, gzipSync(await readFile(path.join(folder, name))).length);
  const atStart = await loadedAtStart(folder);
  const found = {
    start: sum([...sizes].filter(([name]) => atStart(name)).map(([, size]) => size)),
    everything: sum([...sizes.values()]),
  };
  for (const [what, size] of Object.entries(found)) {
    console.log(`jupyterlab-plugin labextension  ${size.toLocaleString('en')} bytes gzipped (${what})`);
    if (size < LIMITS[what]) continue;
    console.error(`That is not under ${LIMITS[what].toLocaleString('en')}.`);
    process.exitCode = 1;
  }
}

/** Whether a page loads a file with the page itself: the entry does, and names the others with what it gives JupyterLab. */
async function loadedAtStart(folder) {
  const entry = (await readdir(folder)).find((name) => name.startsWith('remoteEntry.'));
  const [given] = /"\.\/extension":\(\)=>.*?\.then\(/.exec(await readFile(path.join(folder, entry), 'utf8')) ?? [''];
  const chunks = Array.from(given.matchAll(/\.e\("?(\w+)"?\)/g), ([, id]) => id);
  if (chunks.length === 0)
    throw new Error(`${entry} is written in another way than before: what does a page load with it?`);
  return (name) => name === entry || chunks.some((id) => name.startsWith(`${id}.`));
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
