import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answerOf, startLeashed, type Leashed } from './leashed.ts';

const START_MS = 60_000;

export interface JupyterServerOptions {
  /** Python of the virtual environment that has JupyterLab. */
  readonly python: string;
  /** Folder for everything this server keeps: configuration, data, sockets of kernels. */
  readonly folder: string;
  /** Folder of the notebooks. */
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
  /** Default: JupyterLab. */
  readonly app?: 'lab' | 'notebook';
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Between slashes; default `/`. */
  readonly baseUrl?: string;
  /** More settings, as in `jupyter_server_config.json`. */
  readonly config?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Jupyter on loopback, reachable only with its token: whoever gets in has a shell. */
export interface JupyterServer extends Leashed {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly baseUrl: string;
  readonly token: string;
  /** Address of a page below the base address, with the token. */
  url(place?: string): string;
}

/** Starts the server and waits until it answers. */
export async function startJupyterServer(options: JupyterServerOptions): Promise<JupyterServer> {
  const { python, folder, workspace, app = 'lab', port = 0, baseUrl = '/', config = {} } = options;
  const [configs, data, runtime, profile] = ['config', 'data', 'runtime', 'ipython'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string, string];
  await rm(runtime, { recursive: true, force: true });
  for (const place of [configs, data, runtime, profile]) await mkdir(place, { recursive: true, mode: 0o700 });

  // In a file, because arguments can be read by every user of the machine, and variables by every kernel.
  const chosen = config['IdentityProvider']?.['token'];
  const token = typeof chosen === 'string' ? chosen : randomBytes(24).toString('base64url');
  const all = {
    ...config,
    ServerApp: {
      ip: '127.0.0.1',
      port,
      port_retries: 0,
      open_browser: false,
      base_url: baseUrl,
      root_dir: workspace,
      allow_root: process.getuid?.() === 0,
      ...config['ServerApp'],
    },
    IdentityProvider: { token, ...config['IdentityProvider'] },
  };
  const file = path.join(configs, 'jupyter_server_config.json');
  await rm(file, { force: true });
  await writeFile(file, JSON.stringify(all, null, 2), { mode: 0o600 });
  await mkdir(path.join(configs, 'labconfig'), { recursive: true });
  await writeFile(path.join(configs, 'labconfig/page_config.json'), JSON.stringify(QUIET, null, 2));

  const env = {
    ...options.env,
    JUPYTER_CONFIG_DIR: configs,
    JUPYTER_DATA_DIR: data,
    JUPYTER_RUNTIME_DIR: runtime,
    IPYTHONDIR: profile,
  };
  const server = startLeashed([python, '-P', '-m', app === 'lab' ? 'jupyterlab' : 'notebook'], { env, cwd: workspace });
  try {
    const listening = await answerOf(server, 'Jupyter', () => listeningPort(runtime), START_MS);
    const origin = `http://127.0.0.1:${listening}`;
    await answerOf(server, 'Jupyter', () => answers(`${origin}${baseUrl}api/status?token=${token}`), START_MS);
    return {
      ...server,
      origin,
      baseUrl,
      token,
      url: (place = app === 'lab' ? 'lab' : 'tree') =>
        `${origin}${baseUrl}${place}${place.includes('?') ? '&' : '?'}token=${token}`,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Without JupyterLab's question whether it may fetch news, and its look for updates. */
const QUIET = { disabledExtensions: { '@jupyterlab/apputils-extension:announcements': true } };

/** What a server that listens writes into its runtime folder. */
async function listeningPort(runtime: string): Promise<number | null> {
  if (!existsSync(runtime)) return null;
  const name = (await readdir(runtime)).find((file) => /^jpserver-\d+\.json$/.test(file));
  if (name === undefined) return null;
  try {
    return (JSON.parse(await readFile(path.join(runtime, name), 'utf8')) as { port: number }).port;
  } catch {
    return null; // half written
  }
}

async function answers(address: string): Promise<true | null> {
  try {
    return (await fetch(address)).ok || null;
  } catch {
    return null;
  }
}
