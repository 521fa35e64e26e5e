import { existsSync } from 'node:fs';
import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleService } from './build/bundles.ts';
import { hostTarget } from './build/targets.ts';
import { carryService } from './build/wheel.ts';
import { startJupyterServer } from './jupyter-server.ts';
import { answerOf, startLeashed, type Leashed } from './leashed.ts';
import { jupyterFolder, python, root, scratch, serviceBundle } from './places.ts';
import { endOf, failPlainly } from './program.ts';
import { activated } from './start/jupyter.ts';

// npm run watch [-- --port N]: JupyterLab that follows edits of jupyterlab-plugin/ and shared/. The page shows them when it is
// loaded again; for those of the Python package and of the service, end this and start it again.
const BUILD_MS = 120_000;
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });

failPlainly();
const running: Leashed[] = [];
let ending: Promise<never> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void (ending ??= end(0)));

const ownSecrets = process.env['DATALAYER_SECRETS_HOME'] === undefined;
const folder = path.join(scratch, 'watch');
const shared = path.join(folder, 'share');
const workspace = path.join(scratch, 'workspace');
const env = {
  ...activated(process.env),
  DATALAYER_SECRETS_HOME: process.env['DATALAYER_SECRETS_HOME'] ?? path.join(scratch, 'secrets'),
  // What lies there is found before what `npm start` installed.
  PYTHONPATH: jupyterFolder,
  JUPYTER_PATH: shared,
};

await bundleService();
await carryService([hostTarget()]);
const labextension = path.join(jupyterFolder, 'jupyterlab_datalayer_secrets/labextension');
await rm(labextension, { recursive: true, force: true });
const build = startLeashed([process.execPath, path.join(jupyterFolder, 'build.mjs'), '--watch'], { env: process.env });
running.push(build);
build.process.stdout?.pipe(process.stdout);
build.process.stderr?.pipe(process.stderr);
await answerOf(build, 'The build', () => existsSync(path.join(labextension, 'package.json')) || null, BUILD_MS);

const link = path.join(shared, 'labextensions/@datalayer-secrets/jupyterlab');
await mkdir(path.dirname(link), { recursive: true });
await rm(link, { recursive: true, force: true });
await symlink(labextension, link, 'junction');
if (!existsSync(workspace)) await cp(path.join(root, 'scripts/start/workspace'), workspace, { recursive: true });
const server = await startJupyterServer({
  python,
  folder: path.join(folder, 'jupyter'),
  workspace,
  env,
  port: Number(values.port),
  config: { ServerApp: { jpserver_extensions: { jupyterlab_datalayer_secrets: true } } },
});
running.push(server);
for (const one of running) one.process.once('exit', () => void (ending ??= end(1, one.output())));
console.log(`Ready: ${server.url('lab/tree/forecast.ipynb')}`);

/** Ends what was started here, and the service too where it serves this clone alone. */
async function end(code: number, message = ''): Promise<never> {
  await Promise.all(running.map((one) => one.stop()));
  if (ownSecrets) await endOf([serviceBundle, 'stop'], { cwd: scratch, env });
  if (message !== '') console.error(message);
  process.exit(code);
}
