import { execFile } from 'node:child_process';
import { SecretsError, type ErrorKind, type KeychainState } from '@datalayer-secrets/shared';
import { BusError, NoBus } from './dbus/bus.ts';
import type { KeychainCall, KeychainFailure } from './keychain-call.ts';
import { callKeychain } from './keychain-spawn.ts';
import { SecretService, type ItemCount } from './secret-service.ts';

/** How long a call may take that nobody clicked for. It causes no prompt where that can be known beforehand (Linux). */
export const UNASKED_MS = 5_000;
/** How long one after a click may take: somebody may be typing a password. */
export const CLICKED_MS = 120_000;

export interface CallOptions {
  /** Milliseconds; more than `UNASKED_MS` means that a prompt may come up. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const UNASKED: CallOptions = { timeoutMs: UNASKED_MS };

/**
 * The keychain of the operating system. Its library runs in a process of its own for each call, and on Linux only after
 * the bus said that a keyring is there. Every call ends in time, whatever the keyring does.
 * All methods but `state` throw SecretsError no_keychain, keychain_locked, keychain_denied, keychain_timeout,
 * keychain_ambiguous or cancelled.
 */
export class Keychain {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #platform: NodeJS.Platform;
  readonly #secretService: SecretService;
  #notLoadable = false;

  constructor(options: { environment?: NodeJS.ProcessEnv; platform?: NodeJS.Platform } = {}) {
    this.#environment = options.environment ?? process.env;
    this.#platform = options.platform ?? process.platform;
    this.#secretService = new SecretService(this.#environment);
  }

  /** Whether there is a keychain to ask. Starts nothing, prompts nobody, loads no library. */
  async state(): Promise<KeychainState> {
    if (this.#notLoadable) return 'not-loadable';
    if (this.#platform === 'linux') return this.#secretService.state();
    return this.#platform === 'darwin' || this.#platform === 'win32' ? 'available' : 'unsupported';
  }

  /** Null when there is no such entry. */
  async get(service: string, account: string, options: CallOptions): Promise<string | null> {
    const end = performance.now() + options.timeoutMs;
    await this.#demand();
    if (this.#linux) {
      const count = await this.#count(service, account, end);
      if (count.locked + count.unlocked === 0) return null;
      if (count.locked > 0) this.#demandPrompt(options);
    }
    return (await this.#call({ action: 'get', service, account, password: '' }, end, options)) as string | null;
  }

  /** Makes the entry, or changes it. */
  async set(service: string, account: string, password: string, options: CallOptions): Promise<void> {
    const end = performance.now() + options.timeoutMs;
    await this.#demand();
    if (this.#linux) {
      const count = await this.#count(service, account, end);
      const locked =
        count.locked > 0 ||
        (count.unlocked === 0 && (await this.#ask((left) => this.#secretService.writeLocked(left), end)));
      if (locked) this.#demandPrompt(options);
    }
    await this.#call({ action: 'set', service, account, password }, end, options);
  }

  /** False when there was no such entry. */
  async delete(service: string, account: string, options: CallOptions): Promise<boolean> {
    const end = performance.now() + options.timeoutMs;
    await this.#demand();
    if (this.#linux) {
      const count = await this.#count(service, account, end);
      if (count.locked + count.unlocked === 0) return false;
      if (count.locked > 0) this.#demandPrompt(options);
    }
    return (await this.#call({ action: 'delete', service, account, password: '' }, end, options)) === true;
  }

  /**
   * The account of each entry of a service, also of locked ones; on Linux one that two entries have comes twice. No
   * password is handed out, and none is read where the system can do without. Never prompts.
   */
  async find(service: string, options: CallOptions = UNASKED): Promise<string[]> {
    const end = performance.now() + options.timeoutMs;
    await this.#demand();
    if (this.#linux) return this.#ask((left) => this.#secretService.accounts(service, left), end);
    if (this.#platform === 'darwin') return macAccounts(service, options.timeoutMs);
    return (await this.#call({ action: 'accounts', service, account: '', password: '' }, end, options)) as string[];
  }

  get #linux(): boolean {
    return this.#platform === 'linux';
  }

  async #demand(): Promise<void> {
    const state = await this.state();
    if (state !== 'available') throw new SecretsError('no_keychain', WHY[state], { state });
  }

  #demandPrompt({ timeoutMs }: CallOptions): void {
    if (timeoutMs <= UNASKED_MS) throw failed('refused');
  }

  /** Two entries with the same name: which of them the library would take is chance. */
  async #count(service: string, account: string, end: number): Promise<ItemCount> {
    const count = await this.#ask((left) => this.#secretService.count({ service, account }, left), end);
    if (count.locked + count.unlocked > 1) throw failed('ambiguous');
    return count;
  }

  async #ask<T>(question: (timeoutMs: number) => Promise<T>, end: number): Promise<T> {
    try {
      return await question(end - performance.now());
    } catch (error) {
      if (error instanceof NoBus) throw failed(error.timedOut ? 'no-answer' : 'failed', error);
      if (error instanceof BusError)
        throw failed(/NoReply|Timeout/.test(error.errorName) ? 'no-answer' : 'failed', error);
      throw error;
    }
  }

  async #call(call: KeychainCall, end: number, { signal }: CallOptions): Promise<string | boolean | string[] | null> {
    const answer = await callKeychain(call, this.#environment, end - performance.now(), signal);
    if (answer.ok) return answer.value;
    if (answer.failure === 'not-loadable') this.#notLoadable = true;
    throw failed(answer.failure);
  }
}

const WHY: Record<Exclude<KeychainState, 'available'>, string> = {
  'no-session-bus': 'There is no desktop session here, so there is no keychain.',
  'no-secret-service': 'No keychain runs in this session.',
  'not-loadable': 'The keychain of this system cannot be reached: its library does not load here.',
  unsupported: 'This system has no keychain that can be used.',
};

const FAILURES: Record<KeychainFailure, readonly [ErrorKind, string]> = {
  'not-loadable': ['no_keychain', WHY['not-loadable']],
  ambiguous: ['keychain_ambiguous', 'The keychain holds two entries of the same name, so neither is used.'],
  refused: ['keychain_locked', 'The keychain is locked.'],
  dismissed: ['keychain_denied', 'Access to the keychain was denied.'],
  'no-answer': ['keychain_timeout', 'The keychain did not answer in time.'],
  'too-long': ['too_large', 'This is too long for the keychain of this system.'],
  failed: ['no_keychain', 'The keychain of this system could not do it.'],
};

function failed(failure: KeychainFailure, cause?: unknown): SecretsError {
  const [kind, message] = FAILURES[failure];
  return new SecretsError(kind, message, {}, cause === undefined ? {} : { cause });
}

/**
 * On macOS the library could list accounts only by reading each password, which prompts for those that another program
 * wrote. The system's own tool shows the attributes of an entry without.
 */
function macAccounts(service: string, timeoutMs: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    execFile('/usr/bin/security', ['find-generic-password', '-s', service], { timeout: timeoutMs }, (error, stdout) => {
      const account = /"acct"<blob>="([^"]*)"/.exec(stdout)?.[1];
      if (error === null) resolve(account === undefined ? [] : [account]);
      else if (error.code === ITEM_NOT_FOUND) resolve([]);
      else reject(failed(error.killed === true ? 'no-answer' : 'failed', error));
    });
  });
}

/** Exit code of `security` when there is no such item. */
const ITEM_NOT_FOUND = 44;
