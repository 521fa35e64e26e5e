import { readdir, readFile, rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, context } from 'esbuild';

/*
 * node jupyterlab-plugin/build.mjs [--watch]
 * Makes the labextension: our sources, `shared` and the styles become one script and one sheet in lib/, then JupyterLab's builder makes of it what the
 * page loads. What JupyterLab brings (`dependencies` in package.json) stays outside.
 */

/** What a page loads for us, all in all, gzipped. */
const LIMIT = 65_000;

const here = import.meta.dirname;
const require = createRequire(path.join(here, 'package.json'));
const { dependencies } = require('./package.json');
const labextension = path.join(here, 'jupyterlab_datalayer_secrets/labextension');
const watching = process.argv.includes('--watch');

const options = {
  entryPoints: { index: path.join(here, 'src/index.ts'), style: path.join(here, 'style/index.css') },
  outdir: path.join(here, 'lib'),
  chunkNames: 'parts/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  external: Object.keys(dependencies).flatMap((name) => [name, `${name}/*`]),
  loader: { '.svg': 'text' },
  charset: 'utf8',
  legalComments: 'none',
  minify: !watching,
  sourcemap: watching,
  logLevel: watching ? 'info' : 'warning',
};

await rm(path.join(here, 'lib/parts'), { recursive: true, force: true });
if (watching) {
  await (await context(options)).watch();
  await builder(['--development', '--watch']);
} else {
  await build(options);
  await rm(labextension, { recursive: true, force: true });
  await builder([]);
  await report();
}

/** JupyterLab's own builder, which has no command of its own. */
function builder(flags) {
  const script = path.join(path.dirname(require.resolve('@jupyter/builder/package.json')), 'lib/build-labextension.js');
  const core = path.join(path.dirname(require.resolve('@jupyterlab/core-meta/package.json')), 'core.package.json');
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
