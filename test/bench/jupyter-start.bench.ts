import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startJupyterServer } from '../../scripts/jupyter-server.ts';
import { jupyterFolder, python } from '../../scripts/places.ts';
import { median } from './plain-store.ts';

/**
 * From spawn to the first answer of a Jupyter server, with the server extension and without. Goal: under 50 ms more. Both take
 * turns, and which of them begins does too. The processor time of the server tells the same with less noise: what it does at the
 * start it does on one core. The package is taken from the clone as it is; a labextension costs the server nothing at its start.
 */
const ROUNDS = 10;
const TICKS_PER_SECOND = 100; // of Linux, in /proc

interface Start {
  readonly wall: number;
  readonly processor: number;
}

const folder = await mkdtemp(path.join(tmpdir(), 'jupyter-start-'));
const workspace = path.join(folder, 'notebooks');
await mkdir(workspace);
const env = {
  PATH: process.env.PATH,
  LANG: 'C.UTF-8',
  HOME: folder,
  DATALAYER_SECRETS_HOME: path.join(folder, 'secrets'),
  PYTHONPATH: jupyterFolder,
};

async function start(extension: boolean): Promise<Start> {
  const config = { ServerApp: { jpserver_extensions: { jupyterlab_datalayer_secrets: extension } } };
  const before = performance.now();
  const server = await startJupyterServer({ python, folder, workspace, env, config });
  const wall = performance.now() - before;
  const processor = await processorMs(path.join(folder, 'runtime'));
  if (server.output().includes('jupyterlab_datalayer_secrets | extension was successfully loaded') !== extension)
    throw new Error(`The extension was ${extension ? 'not' : ''} loaded:\n${server.output()}`);
  await server.stop();
  return { wall, processor };
}

/** What the server whose runtime folder this is has computed so far, to the hundredth of a second. */
async function processorMs(runtime: string): Promise<number> {
  const name = (await readdir(runtime)).find((file) => /^jpserver-\d+\.json$/.test(file)) ?? '';
  const { pid } = JSON.parse(await readFile(path.join(runtime, name), 'utf8')) as { pid: number };
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

const ms = (time = 0): string => `${time.toFixed(0).padStart(5)} ms`;

try {
  for (const extension of [true, false]) await start(extension); // what is compiled once
  const times = { with: [] as Start[], without: [] as Start[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const extension of round % 2 === 0 ? [true, false] : [false, true])
      times[extension ? 'with' : 'without'].push(await start(extension));
  }
  for (const what of ['wall', 'processor'] as const) {
    console.log(what === 'wall' ? 'Jupyter server, spawn to first answer' : 'its processor time until then');
    for (const [name, choose] of [
      ['p50', median],
      ['best', (all: readonly number[]) => Math.min(...all)],
    ] as const) {
      const [without, having] = [times.without, times.with].map((starts) => choose(starts.map((each) => each[what])));
      const more = (having ?? 0) - (without ?? 0);
      console.log(`  ${name.padEnd(6)}without ${ms(without)}  with ${ms(having)}  ${ms(more)} more`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
