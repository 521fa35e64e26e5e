import { Buffer } from 'node:buffer';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, transform } from 'esbuild';

import { exportTexts } from './l10n.mjs';

/** VS Code reads and compiles this before the view appears; what outgrows it has taken in something big. */
const LIMIT = 100_000;

const here = import.meta.dirname;
const outdir = path.join(here, 'dist');
const service = path.join(here, '../server/dist');

await exportTexts();
await rm(outdir, { recursive: true, force: true });
await mkdir(path.join(outdir, 'service'), { recursive: true });

// Commands and their questions are loaded when the first one is called. esbuild splits ES modules only, VS Code loads
// CommonJS everywhere, so what was split is turned into that afterwards.
const { outputFiles, metafile } = await build({
  entryPoints: [path.join(here, 'src/extension.ts')],
  outdir,
  chunkNames: 'parts/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  external: ['vscode'],
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  write: false,
  absWorkingDir: here,
  logLevel: 'warning',
});
const sizes = new Map();
for (const file of outputFiles) {
  const { code } = await transform(file.text, {
    format: 'cjs',
    platform: 'neutral',
    target: 'node22',
    supported: { 'dynamic-import': false },
    minify: true,
    charset: 'utf8',
  });
  await mkdir(path.dirname(file.path), { recursive: true });
  await writeFile(file.path, code);
  sizes.set(path.relative(here, file.path), Buffer.byteLength(code));
}

// The service is a program of its own, carried as a file and started with the editor's Node.
const carried = (await readdir(service)).filter((name) => name === 'service.cjs' || name.endsWith('.node'));
for (const name of carried) await copyFile(path.join(service, name), path.join(outdir, 'service', name));
if (!carried.includes('service.cjs')) fail('server/dist/service.cjs is missing: build the server first.');

const atStart = [...loadedWith('dist/extension.js')];
const size = atStart.reduce((sum, file) => sum + sizes.get(file), 0);
for (const file of sizes.keys())
  console.log(
    `extension/${file}  ${sizes.get(file).toLocaleString('en')} bytes${atStart.includes(file) ? '' : ', when needed'}`,
  );
console.log(`Loaded at start: ${size.toLocaleString('en')} bytes`);
if (size >= LIMIT) fail(`That is not under ${LIMIT.toLocaleString('en')}.`);

/** A file and what it imports at once, directly or not. */
function loadedWith(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports = metafile.outputs[file].imports.filter(
    ({ kind, external }) => kind === 'import-statement' && !external,
  );
  for (const { path: imported } of imports) loadedWith(imported, seen);
  return seen;
}

function fail(reason) {
  console.error(reason);
  process.exitCode = 1;
}
