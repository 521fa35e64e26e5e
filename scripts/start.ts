import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleService } from './build/bundles.ts';
import { root, scratch, serviceBundle } from './places.ts';
import { endOf, failPlainly } from './program.ts';
import type { RunningEditor } from './start/editor.ts';
import { openInBrowser } from './start/open-in-browser.ts';

// npm start [-- vscode | jupyter] [--port N --no-open]: the editors in the browser with what this clone makes for them, on a
// workspace of samples and on one vault. Two editors take the ports N and N + 1.
const EDITORS = {
  vscode: async () => (await import('./start/vscode.ts')).startVsCode,
  jupyter: async () => (await import('./start/jupyter.ts')).startJupyter,
};
const { values, positionals } = parseArgs({
  options: { port: { type: 'string', default: '0' }, open: { type: 'boolean', default: true } },
  allowNegative: true,
  allowPositionals: true,
});
const [asked = 'both', ...more] = positionals;
if (more.length > 0 || !['both', ...Object.keys(EDITORS)].includes(asked))
  fail('Usage: npm start [-- vscode | jupyter] [--port N] [--no-open]');
const editors = Object.entries(EDITORS).filter(([name]) => asked === 'both' || asked === name);
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port + editors.length > 65_536) fail(`${values.port} is no port.`);
const portOf = (index: number): number => (port === 0 ? 0 : port + index);
for (const index of editors.keys()) {
  if (port === 0 || (await isFree(portOf(index)))) continue;
  fail(`Port ${portOf(index)} is taken; choose another with --port, or leave it out.`);
}

failPlainly();
const workspace = path.join(scratch, 'workspace');
await mkdir(scratch, { recursive: true });
if (!existsSync(workspace)) await cp(path.join(root, 'scripts/start/workspace'), workspace, { recursive: true });

// Secrets made while trying out a clone stay in the clone, away from an installed Datalayer Secrets of another version.
const ownSecrets = process.env['DATALAYER_SECRETS_HOME'] === undefined;
const env = {
  ...process.env,
  DATALAYER_SECRETS_HOME: process.env['DATALAYER_SECRETS_HOME'] ?? path.join(scratch, 'secrets'),
};

const running: RunningEditor[] = [];
let ending: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void (ending ??= end()));

await bundleService();
for (const [index, [, load]] of editors.entries()) {
  const start = await load();
  const editor = await start({ workspace, env, port: portOf(index) });
  running.push(editor);
  const { name, server } = editor;
  server.process.once('exit', () => void (ending ??= end(`${name} ended by itself:\n${server.output()}`)));
}
for (const { name, address } of running) {
  if (values.open) await openInBrowser(address, path.join(scratch, `open ${name}.html`));
}
for (const { address } of running) console.log(`Ready: ${address}`);

/** Ends the editors, and the service too where it serves this clone alone. */
async function end(message?: string): Promise<void> {
  await Promise.all(running.map(({ server }) => server.stop()));
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
