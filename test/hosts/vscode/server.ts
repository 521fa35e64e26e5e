import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startVsCodeServer, type VsCodeServer } from '../../../scripts/vscode-server.ts';
import { runningServices } from '../services.ts';
import type { Keyring } from '../../fixtures/keyring.ts';

export interface HostOptions {
  /** The user's keychain; absent: this machine has none, not even a session bus. */
  readonly keyring?: Keyring | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly vsix?: readonly string[] | undefined;
  /** Files of the open folder: path to text. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  readonly args?: readonly string[] | undefined;
}

/** A VS Code as on a machine where it was just installed: own home, own data, own secrets. */
export interface Host {
  readonly server: VsCodeServer;
  /** HOME of everything that runs in it. */
  readonly home: string;
  /** Where the service keeps its files. */
  readonly secretsHome: string;
  /** The open folder. */
  readonly workspace: string;
  /** User data, extensions and logs of the editor. */
  readonly editor: string;
  /** What every program of this user finds in its environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Address of a window on the workspace. */
  url(query?: Readonly<Record<string, string>>): string;
  /** Ids of the service processes that run for this home. */
  services(): Promise<number[]>;
  /** Ends the server and every service it started, and deletes all files. */
  stop(): Promise<void>;
}

export async function startHost(options: HostOptions = {}): Promise<Host> {
  const { keyring, env = {}, settings, vsix, files = {}, args } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'host-'));
  const home = path.join(folder, 'home');
  const workspace = path.join(folder, 'workspace');
  const editor = path.join(folder, 'editor');
  const secretsHome = path.join(home, '.datalayer', 'secrets');
  const runtime = path.join(folder, 'run');
  for (const place of [home, workspace, editor]) await mkdir(place, { recursive: true });
  await mkdir(runtime, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(workspace, name), text);

  const environment = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: home,
    DATALAYER_SECRETS_HOME: secretsHome,
    XDG_RUNTIME_DIR: runtime,
    ...keyring?.env,
    ...env,
  };
  const server = await startVsCodeServer({
    folder: editor,
    env: environment,
    ...(settings && { settings }),
    ...(vsix && { vsix }),
    ...(args && { args }),
  });
  const services = () => runningServices(secretsHome);
  return {
    server,
    home,
    secretsHome,
    workspace,
    editor,
    environment,
    url: (query = {}) => server.url({ folder: workspace, ...query }),
    services,
    stop: async () => {
      await server.stop();
      for (const pid of await services()) process.kill(pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
