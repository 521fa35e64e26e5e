import { statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './build/bundles.ts';
import { packKernelPackage } from './build/kernel-package.ts';
import { packNpm } from './build/npm-package.ts';
import { isTarget, KEYRING_PACKAGES } from './build/targets.ts';
import { packVsix } from './build/vsix.ts';
import { buildLabextension, carryService, packWheel } from './build/wheel.ts';
import { root } from './places.ts';
import { failPlainly } from './program.ts';

// npm run build [-- --target darwin-arm64 …]
const { values } = parseArgs({ options: { target: { type: 'string', multiple: true, default: ['linux-x64'] } } });
const targets = values.target.filter(isTarget);
if (targets.length < values.target.length) {
  console.error(`Targets: ${Object.keys(KEYRING_PACKAGES).join(', ')}`);
  process.exit(1);
}

failPlainly();
await bundle();
for (const target of targets) report(await packVsix(target));
report(await packNpm());
await carryService();
await buildLabextension();
for (const file of [...(await packWheel()), ...(await packKernelPackage())]) report(file);

function report(file: string): void {
  console.log(`${path.relative(root, file)}  ${Math.round(statSync(file).size / 1000).toLocaleString('en')} kB`);
}
