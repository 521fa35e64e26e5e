import { SecretsError, type KeychainState } from '@datalayer-secrets/shared';

/** How long a call may take that nobody clicked for: it must not wait for an answer to a prompt. */
export const UNASKED_MS = 5_000;
/** How long one after a click may take: somebody may be typing a password. */
export const CLICKED_MS = 120_000;

export interface CallOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/* eslint-disable */
/** The keychain of the operating system. */
export class Keychain {
  state(): Promise<KeychainState> {
    return Promise.resolve('not-loadable');
  }
  async get(service: string, account: string, options: CallOptions): Promise<string | null> {
    throw new SecretsError('no_keychain', 'not yet');
  }
  async set(service: string, account: string, password: string, options: CallOptions): Promise<void> {
    throw new SecretsError('no_keychain', 'not yet');
  }
  /** False when there was none. */
  async delete(service: string, account: string, options: CallOptions): Promise<boolean> {
    throw new SecretsError('no_keychain', 'not yet');
  }
  /** Accounts that have an entry under the service. */
  async find(service: string, options: CallOptions): Promise<string[]> {
    throw new SecretsError('no_keychain', 'not yet');
  }
  close(): void {}
}
