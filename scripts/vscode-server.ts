import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { answerOf, startLeashed, type Leashed } from './leashed.ts';
import { vscodeServer } from './places.ts';

const START_MS = 60_000;

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
export interface VsCodeServer extends Leashed {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Address of a window: the token and what it should show. */
  url(query: Readonly<Record<string, string>>): string;
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
  const server = startLeashed([process.execPath, vscodeServer, terms, ...places, ...listen, ...SILENT, ...args], {
    env,
  });
  try {
    const listening = await answerOf(
      server,
      'VS Code',
      () => /Extension host agent listening on (\d+)/.exec(server.output())?.[1] ?? null,
      START_MS,
    );
    const origin = `http://127.0.0.1:${listening}`;
    return {
      ...server,
      origin,
      url: (query) => `${origin}/?${new URLSearchParams({ tkn: token, ...query }).toString()}`,
    };
  } catch (error) {
    await server.stop();
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
