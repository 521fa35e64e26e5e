import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, context } from 'esbuild';

/*
 * node jupyterlab-plugin/build.mjs [--watch]
 * Makes the labextension: our sources, `shared` and the styles become one script in lib/, then JupyterLab's builder makes of it what the
 * page loads. What JupyterLab brings (`dependencies` in package.json) stays outside.
 */

/** What a page loads for us, all in all, gzipped. */
const LIMIT = 60_000;

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
  await build(options);
  await rm(labextension, { recursive: true, force: true });
  await builder([]);
  await report();
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
  const files = (await readdir(folder)).filter((name) => /\.(js|css)$/.test(name));
  const sizes = await Promise.all(files.map(async (name) => gzipSync(await readFile(path.join(folder, name))).length));
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  console.log(`jupyterlab-plugin labextension  ${size.toLocaleString('en')} bytes gzipped, in ${files.length} files`);
  if (size < LIMIT) return;
  console.error(`That is not under ${LIMIT.toLocaleString('en')}.`);
  process.exitCode = 1;
}
