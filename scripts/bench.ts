import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { bundle } from './build/bundles.ts';
import { hostTarget } from './build/targets.ts';
import { carryService } from './build/wheel.ts';
import { root } from './places.ts';
import { endOf } from './program.ts';

// npm run bench [-- part of a name]: every program in test/bench, one after another, on what was just built.
const folder = path.join(root, 'test/bench');
const [filter = ''] = process.argv.slice(2);
const programs = (await readdir(folder)).filter((name) => name.endsWith('.bench.ts') && name.includes(filter)).sort();
await bundle();
await carryService([hostTarget()]);
for (const name of programs) {
  console.log(`\n── ${name.replace('.bench.ts', '')} ──`);
  const { code } = await endOf([path.join(folder, name)], { cwd: root, show: true });
  if (code !== 0) process.exitCode = 1;
}
