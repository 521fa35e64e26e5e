import type { Context, Hono } from 'hono';
import type { ServiceStatus } from '@datalayer-secrets/shared';
import type { RemoteVaults } from '../remote/index.ts';
import type { Life } from '../service/life.ts';
import type { LocalVault } from '../service/local-vault.ts';
import type { Log } from '../service/log.ts';
import type { Tokens } from '../service/tokens.ts';
import type { Principal } from '../vault/types.ts';
import type { ValueEncoding } from './body.ts';

/** All that the HTTP face is made of; production and tests pass the same. */
export interface AppParts {
  readonly local: LocalVault;
  /** Loaded with the first question about them: most starts are for the local vault alone. */
  readonly remotes: () => Promise<RemoteVaults>;
  readonly tokens: Tokens;
  readonly life: Life;
  readonly log: Log;
  readonly now: () => number;
  /** The port of this service: part of the only Host it answers to, and of its proof. */
  readonly port: () => number;
  readonly status: () => Promise<ServiceStatus>;
  /** Begins the end of the service; the present answer is still sent. */
  readonly stop: () => void;
  /** Aborted when the service ends: streams close. */
  readonly ending: AbortSignal;
  /** How values are written where a request does not say; default plain. */
  readonly valueEncoding?: ValueEncoding;
}

export interface Env {
  Variables: { principal: Principal };
}
export type App = Hono<Env>;
export type Ctx = Context<Env>;
