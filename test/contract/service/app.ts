import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../../../server/src/http/answer.ts';
import { createApp } from '../../../server/src/http/app.ts';
import type { ValueEncoding } from '../../../server/src/http/body.ts';
import type { App } from '../../../server/src/http/parts.ts';
import { Keychain } from '../../../server/src/keys/keychain.ts';
import { RemoteVaults } from '../../../server/src/remote/index.ts';
import { Interpreters } from '../../../server/src/service/interpreters.ts';
import { Life, systemClock } from '../../../server/src/service/life.ts';
import { LocalVault } from '../../../server/src/service/local-vault.ts';
import { findPlaces, prepareHome } from '../../../server/src/service/places.ts';
import { Tokens } from '../../../server/src/service/tokens.ts';
import type { LogFields } from '../../../server/src/service/log.ts';
import type { Scope } from '@datalayer-secrets/shared';

export const PORT = 4711;
export const SECRET = 'the-secret-of-this-start-of-the-service';

/** The real app with its real parts in this process, without a socket. The local vault is set up and open. */
export class InProcess {
  readonly logged: { event: string; fields: LogFields }[] = [];
  readonly app: App;
  readonly tokens: Tokens;
  readonly local: LocalVault;
  now = Date.now();
  stopped = 0;
  readonly #folder: string;

  private constructor(folder: string, local: LocalVault, remotes: RemoteVaults, valueEncoding: ValueEncoding) {
    this.#folder = folder;
    this.local = local;
    this.tokens = new Tokens({ secret: SECRET, now: () => this.now });
    this.app = createApp({
      local,
      remotes: () => Promise.resolve(remotes),
      tokens: this.tokens,
      life: new Life({ clock: systemClock, pinned: () => false, end: () => undefined, idleMs: Infinity }),
      log: (event, fields = {}) => void this.logged.push({ event, fields }),
      now: () => this.now,
      port: () => PORT,
      status: () => Promise.reject(new TypeError('canary in an unexpected error')),
      stop: () => this.stopped++,
      ending: new AbortController().signal,
      valueEncoding,
    });
  }

  static async open(valueEncoding: ValueEncoding = 'plain'): Promise<InProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'secrets-app-'));
    const places = findPlaces({ DATALAYER_SECRETS_HOME: join(folder, 'home') });
    prepareHome(places);
    const keychain = new Keychain();
    const local = new LocalVault({
      places, keychain, interpreters: new Interpreters(places.interpreters), now: Date.now,
    }); // prettier-ignore
    const remotes = new RemoteVaults({
      home: places.home, keychain, local: () => local.current, environment: {}, log: () => undefined,
      configFile: join(folder, 'none.json'),
    }); // prettier-ignore
    await remotes.load();
    await local.setup({ label: 'a test', scope: 'full' }, 'file', {});
    return new InProcess(folder, local, remotes, valueEncoding);
  }

  token(scope: Scope = 'full', label = 'a test'): string {
    return this.tokens.mint(label, scope, 'local-0');
  }

  /** A request as a good client sends it; `headers` and `body` can spoil it. */
  async ask(
    method: string,
    path: string,
    {
      body,
      headers = {},
      scope = 'full',
    }: { body?: unknown; headers?: Record<string, string | null>; scope?: Scope } = {},
  ): Promise<{ status: number; headers: Headers; text: string; json: Record<string, unknown> }> {
    const all: Record<string, string | null> = {
      host: `127.0.0.1:${PORT}`,
      authorization: `Bearer ${this.token(scope)}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    };
    const answered: unknown = await this.app.request(`http://127.0.0.1:${PORT}${path}`, {
      method,
      headers: Object.entries(all).filter((header): header is [string, string] => header[1] !== null),
      ...(body !== undefined && {
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      }),
    });
    const { status, headers: answerHeaders, body: text } = answered as Answer;
    if (typeof text !== 'string') throw new Error('this answer is a stream');
    return { status, headers: new Headers(answerHeaders), text, json: JSON.parse(text) as Record<string, unknown> };
  }

  async close(): Promise<void> {
    await this.local.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
