import { spawn, spawnSync } from 'node:child_process';
import { get } from 'node:http';
import path from 'node:path';
import { readRunFile } from '../../server/src/service/run-file.ts';
import { firstLine, Home, PROGRAM, until } from '../fixtures/service.ts';
import { median } from './plain-store.ts';

/**
 * From spawn to the first answer of a service that finds a vault, against a bare `node -e 0`. Goal: at most three times.
 * Both take turns. Also `serve`, which opens the vault before it answers, and a whole `ensure`: a second program that starts the service, proves it and prints a token.
 */
const ROUNDS = 15;

const home = new Home();
const environment = { ...home.environment, NODE_COMPILE_CACHE: path.join(home.folder, 'cache') };

function bare(): number {
  const start = performance.now();
  spawnSync(process.execPath, ['-e', '0'], { env: home.environment });
  return performance.now() - start;
}

async function answered(origin: string): Promise<void> {
  await new Promise((resolve, reject) => {
    get(`${origin}/hello?nonce=${'n'.repeat(32)}&client=nobody`, (response) => response.resume().on('end', resolve)).on(
      'error',
      reject,
    );
  });
}

/** The process that `ensure` starts, with the vault closed. */
async function firstAnswer(env: NodeJS.ProcessEnv): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'daemon'], { env, stdio: 'ignore' });
  const { port } = await until('the run file', () => {
    const run = readRunFile(home.places);
    return run?.pid === child.pid ? run : null;
  });
  await answered(`http://127.0.0.1:${port}`);
  const ms = performance.now() - start;
  child.kill('SIGTERM');
  await new Promise((resolve) => child.on('exit', resolve));
  return ms;
}

async function served(env: NodeJS.ProcessEnv): Promise<number> {
  const start = performance.now();
  const args = [PROGRAM, 'serve', '--port', '0', '--key-file', path.join(home.folder, 'bench.key')];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const { url } = JSON.parse(await firstLine(child)) as { url: string };
  await answered(url);
  const ms = performance.now() - start;
  child.kill('SIGTERM');
  await new Promise((resolve) => child.on('exit', resolve));
  return ms;
}

async function ensured(): Promise<number> {
  const start = performance.now();
  await home.running();
  const ms = performance.now() - start;
  process.kill(home.pid, 'SIGKILL');
  return ms;
}

try {
  await served(environment);
  for (let i = 0; i < 3; i++) await firstAnswer(environment);
  const times = { bare: [], cached: [], uncached: [], served: [], ensure: [] } as Record<string, number[]>;
  for (let round = 0; round < ROUNDS; round++) {
    times['bare']?.push(bare());
    times['cached']?.push(await firstAnswer(environment));
    times['uncached']?.push(await firstAnswer(home.environment));
    times['served']?.push(await served(environment));
    times['ensure']?.push(await ensured());
  }
  const of = (name: string) => median(times[name] ?? []);
  const line = (what: string, name: string) => {
    const best = Math.min(...(times[name] ?? []));
    console.log(
      `${what.padEnd(58)}p50 ${of(name).toFixed(0).padStart(4)} ms  ${(of(name) / of('bare')).toFixed(2)}x  best ${best.toFixed(0)} ms`,
    );
  };
  line('node -e 0', 'bare');
  line('spawn to first answer, code cache kept', 'cached');
  line('spawn to first answer, first time on this machine', 'uncached');
  line('serve, code cache kept, until the vault is open', 'served');
  line('ensure after kill -9, until it prints the token', 'ensure');
} finally {
  home.dispose();
}
