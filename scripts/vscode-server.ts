import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { vscodeServer } from './places.ts';

const START_MS = 60_000;
const leash = path.join(import.meta.dirname, 'leash.ts');

export interface VsCodeServerOptions {
  /** Folder for everything this server keeps: data, extensions, token. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** User settings that this server starts with. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly vsix?: readonly string[];
  /** More arguments of the server. */
  readonly args?: readonly string[];
}

/** VS Code in the browser, on loopback, reachable only with its token: whoever gets in has a shell. */
export interface VsCodeServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly process: ChildProcess;
  /** Address of a window: the token and what it should show. */
  url(query: Readonly<Record<string, string>>): string;
  /** What the server printed so far. */
  output(): string;
  /** Ends the server, its extension hosts and its terminals. */
  stop(): Promise<void>;
}

/** Installs the given VSIX files, starts the server and waits until it listens. */
export async function startVsCodeServer(options: VsCodeServerOptions): Promise<VsCodeServer> {
  const { folder, env, port = 0, settings = {}, vsix = [], args = [] } = options;
  const data = path.join(folder, 'data');
  const places = ['--server-data-dir', data, '--extensions-dir', path.join(folder, 'extensions')];
  await mkdir(path.join(data, 'data/User'), { recursive: true });
  await writeFile(path.join(data, 'data/User/settings.json'), JSON.stringify({ ...QUIET, ...settings }, null, 2));
  const terms = '--accept-server-license-terms';
  if (vsix.length > 0) {
    const install = vsix.flatMap((file) => ['--install-extension', file]);
    await promisify(execFile)(process.execPath, [vscodeServer, terms, ...places, ...install, '--force'], { env });
  }

  // In a file, because arguments can be read by every user of the machine.
  const token = randomBytes(24).toString('base64url');
  const tokenFile = path.join(folder, 'token');
  await rm(tokenFile, { force: true });
  await writeFile(tokenFile, token, { mode: 0o600 });

  const listen = ['--connection-token-file', tokenFile, '--host', '127.0.0.1', '--port', String(port)];
  const server = spawn(
    process.execPath,
    [leash, process.execPath, vscodeServer, terms, ...places, ...listen, ...SILENT, ...args],
    { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-200_000)));
  }
  try {
    const listening = await listeningPort(server, () => output);
    const origin = `http://127.0.0.1:${listening}`;
    return {
      origin,
      process: server,
      url: (query) => `${origin}/?${new URLSearchParams({ tkn: token, ...query }).toString()}`,
      output: () => output,
      stop: () => end(server),
    };
  } catch (error) {
    await end(server);
    throw error;
  }
}

/** Nothing of the editor's own that gets between a user and the first view: no pages, no prompts, no network. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'git.openRepositoryInParentFolders': 'never',
};
const SILENT = [
  '--disable-telemetry',
  '--disable-workspace-trust',
  '--disable-update-check',
  '--disable-getting-started-override',
];

async function listeningPort(server: ChildProcess, output: () => string): Promise<number> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const found = /Extension host agent listening on (\d+)/.exec(output());
    if (found) return Number(found[1]);
    if (server.exitCode !== null || server.signalCode !== null) throw new Error(`VS Code did not start:\n${output()}`);
    if (Date.now() > deadline) throw new Error(`VS Code did not listen within ${START_MS / 1000} s:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Lets go of the leash, which ends the whole group. */
async function end(leash: ChildProcess): Promise<void> {
  if (leash.exitCode !== null || leash.signalCode !== null) return;
  const ended = new Promise((resolve) => leash.once('exit', resolve));
  leash.stdin?.end();
  await ended;
}
