import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './build/bundles.ts';
import { packVsix } from './build/vsix.ts';
import { hostTarget } from './build/targets.ts';
import { root, scratch, serviceBundle } from './places.ts';
import { endOf, failPlainly, must } from './program.ts';
import { openInBrowser } from './start/open-in-browser.ts';
import { startVsCodeServer } from './vscode-server.ts';

// npm start [-- --port N --no-open]: VS Code in the browser with the extension of this clone, on a workspace of samples.
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, open: { type: 'boolean', default: true } },
  allowNegative: true,
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`${values.port} is no port.`);
if (port !== 0 && !(await isFree(port))) fail(`Port ${port} is taken; choose another with --port, or leave it out.`);

failPlainly();
console.log('Building the extension …');
await bundle();
const samples = path.join(scratch, 'open-samples.vsix');
const samplesFolder = path.join(root, 'scripts/start/open-samples');
await mkdir(scratch, { recursive: true });
const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
const pack = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', samples];
const [vsix] = await Promise.all([packVsix(hostTarget()), must('Packing the samples', pack, { cwd: samplesFolder })]);

const workspace = path.join(scratch, 'workspace');
if (!existsSync(workspace)) await cp(path.join(root, 'scripts/start/workspace'), workspace, { recursive: true });

// Secrets made while trying out a clone stay in the clone, away from an installed Datalayer Secrets of another version.
const ownSecrets = process.env['DATALAYER_SECRETS_HOME'] === undefined;
const env = {
  ...process.env,
  DATALAYER_SECRETS_HOME: process.env['DATALAYER_SECRETS_HOME'] ?? path.join(scratch, 'secrets'),
};

console.log('Starting VS Code …');
const server = await startVsCodeServer({ folder: path.join(scratch, 'vscode'), env, port, vsix: [vsix, samples] });
let ending: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void (ending ??= end()));
server.process.once('exit', () => void (ending ??= end('VS Code ended by itself:\n' + server.output())));

const address = server.url({ folder: workspace });
if (values.open) await openInBrowser(address, path.join(scratch, 'open.html'));
console.log(`Ready: ${address}`);

/** Ends VS Code, and the service too where it serves this clone alone. */
async function end(message?: string): Promise<void> {
  await server.stop();
  if (ownSecrets) await endOf([serviceBundle, 'stop'], { cwd: scratch, env });
  if (message !== undefined) fail(message);
  process.exit(0);
}

function isFree(wanted: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
