import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLoopbackFetch } from '@datalayer-secrets/loopback';
import { PROTOCOL, SecretsError, toSecretsError, type EnsureAnswer, type Scope } from '@datalayer-secrets/shared';
import { serviceEnvironment } from './environment.ts';
import { prepareHome, type Places } from './places.ts';
import { LOCK_HELD } from './process.ts';
import { readPrivateJson } from './private-file.ts';
import { readRunFile, type RunFile } from './run-file.ts';
import { isOlder, VERSION } from './version.ts';

const START_MS = 20_000;
/** Without starting one, only a service that starts right now is waited for. */
const LOOK_MS = 3_000;
/** A foreign program on the port may accept and stay silent. A real service that is this slow is asked again. */
const ASK_MS = 2_000;
const POLL_MS = 10;
/** What an ending service may take for requests that are under way. */
const GONE_MS = 10_000;
const SETTLE_MS = 250;

export interface EnsureRequest {
  readonly label: string;
  readonly scope: Scope;
  /** False: only a running service; nothing is started. */
  readonly start: boolean;
  /** Somebody clicked: an older service is replaced even where that means unlocking again. */
  readonly replace: boolean;
  readonly places: Places;
  /** The interpreter and the file that make the service, e.g. Node and `service.cjs`. */
  readonly program: readonly [interpreter: string, file: string];
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * A token for the one service of this user, which is started if none runs. The service is what the lock says it is: two
 * that start at once become one, and a stale run file, a reused process id or a foreign program on the recorded port
 * are only that: something that does not know the secret of the run file.
 * @throws SecretsError `bad_permissions`, `no_service`, `too_new`, `too_old`
 */
export async function ensure(request: EnsureRequest): Promise<EnsureAnswer> {
  const { places, start } = request;
  if (start) prepareHome(places);
  const deadline = Date.now() + (start ? START_MS : LOOK_MS);
  let { replace } = request;
  let child: Child | null = null;
  /** Secret of a run file whose port did not know it. */
  let stranger: string | null = null;
  while (Date.now() < deadline) {
    const run = readRunFile(places);
    if (run !== null && run.secret !== stranger) {
      const answer = await ask(run, request, replace);
      if (answer !== null && answer !== 'ends') return answer;
      if (answer === 'ends') replace = false;
      else stranger = run.secret;
    }
    if (child === null) {
      const holder = await lockHolder(places);
      if (holder === 'nobody' && !start) return nothingRuns(places);
      if (holder === 'nobody') child = new Child(request);
      else if (holder === 'this machine')
        stranger = null; // it starts, ends or is busy: ask again
      else return { state: 'elsewhere', host: holder.host };
    } else if (child.exitCode === LOCK_HELD) {
      child = null; // another one was quicker
    } else if (child.exitCode !== null) {
      break;
    }
    await sleep(POLL_MS);
  }
  throw await notStarted(places);
}

/** A service that holds the lock and cannot be reached, its run file being lost, keeps every other one out. */
async function notStarted(places: Places): Promise<SecretsError> {
  const { lockIsHeld, lockOwner } = await import('./lock.ts');
  const pid = lockIsHeld(places) ? lockOwner(places)?.pid : undefined;
  if (pid !== undefined) return new SecretsError('no_service', 'A process holds the vault and is not found.', { pid });
  return new SecretsError('no_service', 'The secrets service could not be started.');
}

/** Null: nobody there who knows the secret. `ends`: an older service makes room. */
async function ask(run: RunFile, request: EnsureRequest, replace: boolean): Promise<EnsureAnswer | 'ends' | null> {
  const origin = `http://127.0.0.1:${run.port}`;
  const fetch = createLoopbackFetch({ port: run.port, token: run.secret });
  const post = async (path: string, bearer: string, body: object) => {
    const response = await fetch(`${origin}/api/vault/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ASK_MS),
    });
    if (!response.ok) throw new SecretsError('protocol', 'The service did not answer as expected.');
    return (await response.json()) as Record<string, unknown>;
  };
  try {
    const older = isOlder(run.version, VERSION);
    if ((older || replace) && request.start) {
      const { token } = await post('tokens', run.secret, { label: 'upgrade', scope: 'full' });
      const { stopping } = await post('stop', String(token), { replacement: !replace });
      if (stopping === true) {
        await gone(request.places, run);
        return 'ends';
      }
    }
    if (run.protocol > PROTOCOL)
      throw new SecretsError('too_new', 'The running service is newer than this program.', { version: run.version });
    if (run.protocol < PROTOCOL)
      throw new SecretsError('too_old', 'The running service is older than this program.', { version: run.version });
    const { token, state } = await post('tokens', run.secret, { label: request.label, scope: request.scope });
    return { state: state as 'new' | 'locked' | 'open', origin, token: String(token), version: run.version };
  } catch (error) {
    const known = toSecretsError(error);
    if (known.kind === 'too_new' || known.kind === 'too_old') throw known;
    return null;
  } finally {
    fetch.close();
  }
}

/** Waits until an ending service has taken back its run file, or its time is over. */
async function gone(places: Places, run: RunFile): Promise<void> {
  const end = Date.now() + GONE_MS;
  while (Date.now() < end) {
    if (readRunFile(places)?.secret !== run.secret) return;
    await sleep(POLL_MS);
  }
}

type Holder = 'nobody' | 'this machine' | { readonly host: string };

/**
 * Who holds the lock. Another machine is asked for twice: right after the lock changed hands, the file beside it still
 * names the holder before. SQLite is loaded only for this question.
 */
async function lockHolder(places: Places): Promise<Holder> {
  const { lockIsHeld, lockOwner } = await import('./lock.ts');
  const look = () => (lockIsHeld(places) ? (lockOwner(places)?.host ?? hostname()) : null);
  const host = look();
  if (host === null) return 'nobody';
  if (host === hostname()) return 'this machine';
  await sleep(SETTLE_MS);
  return look() === host ? { host } : 'this machine';
}

/** What the files say while nothing runs: is there anything to open, and would opening it be quiet? */
async function nothingRuns(places: Places): Promise<EnsureAnswer> {
  const vaults = (readPrivateJson(join(places.home, 'vaults.json')) as { vaults?: unknown } | null)?.vaults;
  const signedIn = Array.isArray(vaults) && vaults.length > 0;
  const { hasVault } = await import('./vault-look.ts');
  if (!hasVault(places)) return { state: 'none', used: signedIn, quiet: false };
  const { quietUnlock } = await import('./quiet-unlock.ts');
  return { state: 'none', used: true, quiet: quietUnlock(places) };
}

/**
 * The service's process: a session of its own, no standard streams, the folder it works in as current one, an
 * environment of its own, no core dumps where a shell can forbid them.
 */
class Child {
  readonly #process: ChildProcess;
  #failed = false;

  constructor({ program, places, environment }: EnsureRequest) {
    const [interpreter, script] = program;
    const direct: [string, string[]] = [interpreter, [script, 'daemon']];
    // The shell's own variables are not part of the environment either.
    const limits = 'ulimit -c 0; umask 077; unset PWD OLDPWD SHLVL _; exec "$@"';
    const shell = process.platform !== 'win32' && existsSync('/bin/sh');
    const [file, args] = shell ? ['/bin/sh', ['-c', limits, 'sh', interpreter, script, 'daemon']] : direct;
    this.#process = spawn(file, args, {
      detached: true,
      stdio: 'ignore',
      cwd: places.home,
      env: serviceEnvironment(environment, places.cache),
      windowsHide: true,
    });
    this.#process.on('error', () => (this.#failed = true));
    this.#process.unref();
  }

  /** Null while it runs. */
  get exitCode(): number | null {
    if (this.#failed || this.#process.signalCode !== null) return 1;
    return this.#process.exitCode;
  }
}
