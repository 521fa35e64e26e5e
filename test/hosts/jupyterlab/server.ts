import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startJupyterServer, type JupyterServer, type JupyterServerOptions } from '../../../scripts/jupyter-server.ts';
import type { Keyring } from '../../fixtures/keyring.ts';
import { runningServices } from '../services.ts';
import { installedEnvironment, type Release } from './environment.ts';

export interface HostOptions extends Pick<JupyterServerOptions, 'app' | 'baseUrl' | 'config'> {
  /** Which releases of JupyterLab and Notebook are installed. */
  readonly release?: Release;
  /** The session that has a keychain; without one there is none. */
  readonly keyring?: Keyring;
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of JupyterLab's plugins, by their ids. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Files of the folder of notebooks, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Home of another host: its vault, settings and service. */
  readonly home?: string;
}

/** A user's machine with a Jupyter server that has the extension installed. */
export interface Host {
  readonly home: string;
  readonly secretsHome: string;
  /** Folder of the notebooks. */
  readonly workspace: string;
  /** What the server keeps: its configuration, data and runtime files. */
  readonly data: string;
  readonly python: string;
  /** What a program of this user has in its environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Changes with `restart`. */
  readonly server: JupyterServer;
  /** Address of a page below the base address, with the token; without `place` that of the application. */
  url(place?: string): string;
  /** Ids of the service processes that run for this home. */
  services(): Promise<number[]>;
  /** Ends the Jupyter server and starts it again. */
  restart(): Promise<void>;
  /** Ends the server and every service it started, and deletes all files. */
  stop(): Promise<void>;
}

export async function startHost(options: HostOptions = {}): Promise<Host> {
  const { keyring, env = {}, settings = {}, files = {}, app, baseUrl, config } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'jupyter-'));
  const home = options.home ?? path.join(folder, 'home');
  const workspace = path.join(folder, 'notebooks');
  const runtime = path.join(folder, 'run');
  const data = path.join(folder, 'jupyter');
  const secretsHome = path.join(home, '.datalayer', 'secrets');
  for (const place of [home, workspace, data]) await mkdir(place, { recursive: true });
  await mkdir(runtime, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(workspace, name), text);
  for (const [plugin, chosen] of Object.entries({ ...SETTINGS, ...settings })) await choose(data, plugin, chosen);
  const environment = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: home,
    DATALAYER_SECRETS_HOME: secretsHome,
    XDG_RUNTIME_DIR: runtime,
    ...keyring?.env,
    ...env,
  };
  const python = await installedEnvironment(options.release);
  const start = (): Promise<JupyterServer> =>
    startJupyterServer({
      python,
      folder: data,
      workspace,
      env: environment,
      ...(app && { app }),
      ...(baseUrl && { baseUrl }),
      ...(config && { config }),
    });
  let server = await start();
  const services = () => runningServices(secretsHome);
  return {
    home,
    secretsHome,
    workspace,
    data,
    python,
    environment,
    get server() {
      return server;
    },
    url: (place) => server.url(place),
    services,
    restart: async () => {
      await server.stop();
      server = await start();
    },
    stop: async () => {
      await server.stop();
      if (options.home === undefined) for (const pid of await services()) process.kill(pid, 'SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** Pages take the colours that their browser asks for. */
const SETTINGS = { '@jupyterlab/apputils-extension:themes': { 'adaptive-theme': true } };

/** Writes what JupyterLab's settings editor writes. */
async function choose(data: string, plugin: string, chosen: Readonly<Record<string, unknown>>): Promise<void> {
  const file = path.join(data, 'config/lab/user-settings', `${plugin.replace(':', '/')}.jupyterlab-settings`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(chosen));
}
