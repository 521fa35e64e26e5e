import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { PROTOCOL, type Scope, type ServiceStatus } from '@datalayer-secrets/shared';
import { createApp } from '../http/app.ts';
import type { ValueEncoding } from '../http/body.ts';
import { drain, listen } from '../http/listen.ts';
import { ownAccount } from '../http/profile.ts';
import { Keychain } from '../keys/keychain.ts';
import type { RemoteVaults } from '../remote/index.ts';
import { Interpreters } from './interpreters.ts';
import { Life, systemClock, type Clock, type LifeOptions } from './life.ts';
import { LocalVault } from './local-vault.ts';
import { ServiceLock } from './lock.ts';
import { openLog } from './log.ts';
import { prepareHome, type Places } from './places.ts';
import { lastPort, retireRunFile, writeRunFile } from './run-file.ts';
import { Tokens } from './tokens.ts';
import { failureOf } from './vault-look.ts';
import { VERSION } from './version.ts';

/** How long requests that are under way may take once the service ends. */
const DRAIN_MS = 5_000;

export interface ServiceOptions {
  readonly places: Places;
  readonly environment: NodeJS.ProcessEnv;
  /** Exactly this port; absent: that of the last service here if it is free. */
  readonly port?: number;
  readonly valueEncoding?: ValueEncoding;
  readonly life?: Pick<LifeOptions, 'idleMs' | 'pinnedMs' | 'leaveMs'>;
  readonly clock?: Clock;
}

export interface Service {
  readonly port: number;
  readonly origin: string;
  readonly local: LocalVault;
  token(label: string, scope: Scope): string;
  /** Ends the service; also resolves when it ends by itself. */
  stop(): Promise<void>;
  readonly ended: Promise<void>;
}

/**
 * Starts the one service of this folder; null when another one holds its lock.
 *
 * In this order: the folder is made or refused; the lock is taken; state is read, nothing is opened; the port is bound;
 * then the run file tells others. It ends the other way round, so a run file never names a service that is not there
 * for longer than a crash takes.
 *
 * @throws SecretsError `bad_permissions`; Node's own errors for a port that is not free
 */
export async function startService(options: ServiceOptions): Promise<Service | null> {
  const { places, environment } = options;
  const clock = options.clock ?? systemClock;
  const now = () => clock.now();
  prepareHome(places);
  const lock = ServiceLock.take(places);
  if (lock === null) return null;

  const log = openLog(places.logFolder, now);
  const secret = randomBytes(32).toString('base64url');
  const keychain = new Keychain();
  const tokens = new Tokens({ secret, now });
  const local = new LocalVault({ places, keychain, interpreters: new Interpreters(places.interpreters), now });
  let remotes: RemoteVaults | null = null;
  let loading: Promise<RemoteVaults> | null = null;
  const loadRemotes = async () => {
    const { RemoteVaults } = await import('../remote/index.ts');
    const vaults = new RemoteVaults({ home: places.home, keychain, local: () => local.current, environment, log, now });
    await vaults.load();
    if (local.current !== null) await vaults.localVaultOpened();
    return (remotes = vaults);
  };
  // A failure is not kept: the next question tries again.
  const askRemotes = () =>
    (loading ??= loadRemotes().catch((error: unknown) => {
      loading = null;
      throw error;
    }));

  const ending = new AbortController();
  const pinned = () => local.openedBy === 'passphrase' || remotes?.holdsUnstoredToken() === true;
  const life = new Life({ ...options.life, clock, pinned, end: () => void stop() });
  let port = 0;
  const status = async (): Promise<ServiceStatus> => ({
    version: VERSION,
    protocol: PROTOCOL,
    host: hostname(),
    pid: process.pid,
    state: local.state,
    slots: local.slots,
    openedBy: local.openedBy,
    keychain: await local.keychain(),
    quietUnlock: local.quietUnlock,
    ...failureOf(local.fault),
  });
  const app = createApp({
    local,
    remotes: askRemotes,
    tokens,
    life,
    log,
    now,
    status,
    port: () => port,
    stop: () => setImmediate(() => void stop()),
    ending: ending.signal,
    ...(options.valueEncoding && { valueEncoding: options.valueEncoding }),
  });
  const listening = await listen(
    app,
    log,
    options.port ?? lastPort(places),
    options.port !== undefined && options.port !== 0,
  );
  port = listening.port;
  const startedAt = new Date(now()).toISOString();
  writeRunFile(places, { pid: process.pid, port, version: VERSION, protocol: PROTOCOL, startedAt, secret });
  log('started', { version: VERSION, pid: process.pid, port, state: local.state });

  let ended: Promise<void> | undefined;
  let tellEnd: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (tellEnd = resolve));
  const stop = () => (ended ??= endService().finally(tellEnd));
  const endService = async () => {
    life.dispose();
    ending.abort();
    await drain(listening.server, DRAIN_MS);
    await remotes?.close();
    await local.close();
    retireRunFile(places, secret);
    log('ended', { pid: process.pid });
    lock.release();
  };
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    local,
    token: (label, scope) => tokens.mint(label, scope, ownAccount().uid),
    stop,
    ended: end,
  };
}
