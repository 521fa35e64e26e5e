import { rm } from 'node:fs/promises';
import path from 'node:path';
import { bundle } from './build/bundles.ts';
import { packNpm } from './build/npm-package.ts';
import { hostTarget } from './build/targets.ts';
import { packVsix } from './build/vsix.ts';
import { buildLabextension, carryService, packWheel } from './build/wheel.ts';
import { root, scratch } from './places.ts';
import { CHECKS } from './test/checks.ts';
import { prerequisites, type Missing, type Prerequisites } from './test/prerequisites.ts';
import { pytest } from './test/pytest.ts';
import type { Result } from './test/result.ts';
import { vitest } from './test/vitest.ts';

// npm test [-- unit|contract|faults|hosts …]: the layers in order, then one line that sums them up.
const LAYERS = ['unit', 'contract', 'faults', 'hosts'] as const;
type Layer = (typeof LAYERS)[number];

const asked = process.argv.slice(2);
const layers = LAYERS.filter((layer) => asked.length === 0 || asked.includes(layer));
if (asked.some((name) => !(LAYERS as readonly string[]).includes(name))) {
  console.error(`Usage: npm test [-- ${LAYERS.join(' | ')} …]`);
  process.exit(1);
}

for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1)); // and with us what we run

const started = Date.now();
const missing = await prerequisites({ browser: layers.includes('hosts') });
const results: Result[] = [];
let bundled: Promise<void> | undefined;
await rm(path.join(root, 'test-results'), { recursive: true, force: true });

for (const layer of layers) {
  console.log(`\n── ${layer} ──`);
  const before = Date.now();
  const found = await runLayer(layer, missing);
  results.push(...found);
  console.log(`${layer}: ${sum(found)} in ${Math.round((Date.now() - before) / 1000)} s`);
}
summarize();

async function runLayer(layer: Layer, without: Prerequisites): Promise<Result[]> {
  if (layer === 'unit') return [...(await checks()), ...(await vitest('unit'))];
  const built = await build(layer === 'hosts');
  if (built.state === 'failed') return [built];
  if (layer === 'contract') return [built, ...(await vitest('contract')), ...(await pytest('contract/jupyter'))];
  if (layer === 'faults') return [built, ...(await vitest('faults'))];
  if (without.browser)
    return [built, { name: 'hosts: both editors', state: 'skipped', ms: 0, message: hint(without.browser) }];
  const { inHost } = await import('./test/in-host.ts');
  return [
    built,
    ...(await inHost(without)),
    ...(await vitest('hosts/vscode/interface', { atOnce: 2 })),
    ...(await vitest('hosts/jupyterlab', { atOnce: 2 })),
  ];
}

/** All at once: each is busy on one core, and they share nothing. */
async function checks(): Promise<Result[]> {
  return Promise.all(
    CHECKS.map(async (check) => {
      const result = await check.run();
      const { name, state, ms, message } = result;
      console.log(`${state === 'passed' ? '✓' : '✗'} ${name} ${ms} ms${message ? `\n${message}` : ''}`);
      return result;
    }),
  );
}

/** Bundles once; what only hosts need is packed once they come. */
async function build(packed: boolean): Promise<Result> {
  const before = Date.now();
  const name = packed ? 'build: bundles, VSIX, npm package; wheel, installed' : 'build: bundles';
  try {
    await (bundled ??= bundle().then(() => carryService([hostTarget()])));
    if (packed) {
      await packVsix('linux-x64');
      await packNpm();
      await carryService();
      await buildLabextension();
      await packWheel();
      const { installedEnvironment } = await import('../test/hosts/jupyterlab/environment.ts');
      await installedEnvironment();
    }
    return { name, state: 'passed', ms: Date.now() - before };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.log(message);
    return { name, state: 'failed', ms: Date.now() - before, message };
  }
}

function summarize(): void {
  console.log('');
  for (const { name, message } of results.filter(({ state }) => state === 'failed')) {
    console.log(`✗ ${name}\n    ${(message ?? '').split('\n').filter(Boolean).slice(0, 3).join('\n    ')}`);
  }
  const gaps = Object.values(missing).filter((gap): gap is Missing => gap !== undefined);
  for (const { name, message } of results.filter(({ state }) => state === 'skipped')) {
    console.log(`- skipped: ${name}: ${message ?? (gaps.map(hint).join('; ') || 'no reason given')}`);
  }
  console.log(
    `All in ${Math.round((Date.now() - started) / 1000)} s; what was kept is in ${path.relative(root, scratch)}/ and test-results/.`,
  );
  console.log(sum(results));
  process.exitCode = results.length === 0 || results.some(({ state }) => state === 'failed') ? 1 : 0;
}

function hint({ what, line }: Missing): string {
  return `${what}; ${line}`;
}

function sum(of: readonly Result[]): string {
  const count = (wanted: Result['state']) => of.filter(({ state }) => state === wanted).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}
