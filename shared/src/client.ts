import type { CallOptions } from './endpoint.ts';
import { PageSecretsClient, pathOf, type PageSecrets } from './page-secrets.ts';
import type { Secret, SecretValue } from './secret.ts';
import { signed, type ClientOptions } from './signed.ts';
import { writeValue, type ValueEncoding } from './values.ts';
import type { Account } from './vaults.ts';
import { parseAccount, parseValue } from './program-wire.ts';

export type { CallOptions, Fetch } from './endpoint.ts';
export type { ClientOptions } from './signed.ts';

export interface Secrets extends PageSecrets {
  /** The value leaves the service, which records it. @throws not_found, forbidden */
  reveal(secret: string | Secret, options?: CallOptions): Promise<SecretValue>;
  whoami(options?: CallOptions): Promise<Account>;
}

/** Datalayer's secrets API, as it is spoken by the service on this machine and by Datalayer itself. */
export class SecretsClient extends PageSecretsClient implements Secrets {
  readonly #encoding: ValueEncoding;

  /** @throws invalid, reason `address`, `insecure` (a token, and no https) or `token` */
  constructor(options: ClientOptions) {
    super(signed(options));
    this.#encoding = options.valueEncoding ?? 'plain';
  }

  /**
   * Sends the whole secret with a new value, for services that have no `replaceValue` and may take this.
   * @throws immutable, conflict, invalid or others where they do not
   */
  putValue(secret: Secret, value: SecretValue, options?: CallOptions): Promise<Secret> {
    const { name, description, type } = secret;
    return this.put(secret, { name, description, variant: type, ...this.written(value) }, options);
  }

  async reveal(secret: string | Secret, options?: CallOptions): Promise<SecretValue> {
    return parseValue(await this.endpoint.ask('GET', pathOf(secret), options), this.#encoding);
  }

  async whoami(options?: CallOptions): Promise<Account> {
    return parseAccount(await this.endpoint.ask('GET', '/api/iam/v1/whoami', options));
  }

  protected override written(value: SecretValue): { value: string; encoding: ValueEncoding } {
    return { ...super.written(value), value: writeValue(value, this.#encoding), encoding: this.#encoding };
  }
}
