import type { NewSecret, Secret, SecretChanges, SecretValue } from './secret.ts';
import type { Account } from './vaults.ts';
import { SecretsError } from './errors.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What a page may call: no reveal. */
export interface PageSecrets {
  list(options?: CallOptions): Promise<Secret[]>;
  create(secret: NewSecret, options?: CallOptions): Promise<Secret>;
  update(secret: string | Secret, changes: SecretChanges, options?: CallOptions): Promise<Secret>;
  replaceValue(secret: string | Secret, value: SecretValue, options?: CallOptions): Promise<Secret>;
  delete(secret: string | Secret, options?: CallOptions): Promise<void>;
  whoami(options?: CallOptions): Promise<Account>;
}

export interface Secrets extends PageSecrets {
  reveal(secret: string | Secret, options?: CallOptions): Promise<SecretValue>;
}

export interface ClientOptions {
  origin: string;
  token?: string;
  fetch?: Fetch;
  valueEncoding?: 'plain' | 'base64';
  timeoutMs?: number;
  retry?: { attempts: number; delayMs: number };
}

const todo = (): Promise<never> => Promise.reject(new SecretsError('unexpected', 'Not there yet.'));

export class SecretsClient implements Secrets {
  readonly options: ClientOptions;
  constructor(options: ClientOptions) {
    this.options = options;
  }
  list(_options?: CallOptions): Promise<Secret[]> {
    return todo();
  }
  create(_secret: NewSecret, _options?: CallOptions): Promise<Secret> {
    return todo();
  }
  update(_secret: string | Secret, _changes: SecretChanges, _options?: CallOptions): Promise<Secret> {
    return todo();
  }
  replaceValue(_secret: string | Secret, _value: SecretValue, _options?: CallOptions): Promise<Secret> {
    return todo();
  }
  delete(_secret: string | Secret, _options?: CallOptions): Promise<void> {
    return todo();
  }
  whoami(_options?: CallOptions): Promise<Account> {
    return todo();
  }
  reveal(_secret: string | Secret, _options?: CallOptions): Promise<SecretValue> {
    return todo();
  }
}
