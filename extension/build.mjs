import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

import { exportTexts } from './l10n.mjs';

/** VS Code reads and compiles this file before the view appears; a bundle that outgrows this has taken in something big. */
const LIMIT = 100_000;

const here = import.meta.dirname;
const outdir = path.join(here, 'dist');
const service = path.join(here, '../server/dist');

await exportTexts();
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: [path.join(here, 'src/extension.ts')],
  outfile: path.join(outdir, 'extension.js'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});

// The service is a program of its own, carried as a file and started with the editor's Node.
await mkdir(path.join(outdir, 'service'));
const carried = (await readdir(service)).filter((name) => name === 'service.cjs' || name.endsWith('.node'));
for (const name of carried) await copyFile(path.join(service, name), path.join(outdir, 'service', name));
if (!carried.includes('service.cjs')) fail('server/dist/service.cjs is missing: build the server first.');

const { size } = await stat(path.join(outdir, 'extension.js'));
console.log(`extension/dist/extension.js  ${size.toLocaleString('en')} bytes`);
if (size >= LIMIT) fail(`That is not under ${LIMIT.toLocaleString('en')}.`);

function fail(reason) {
  console.error(reason);
  process.exitCode = 1;
}
