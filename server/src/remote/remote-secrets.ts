import {
  SecretsError,
  toSecretsError,
  type Account,
  type CallOptions,
  type NewSecret,
  type Secret,
  type SecretChanges,
  type Secrets,
  type SecretValue,
} from '@datalayer-secrets/shared';
import type { Principal, Vault } from '../vault/types.ts';
import type { RemoteVault } from './remote-vault.ts';
import { replaceValue } from './replace-value.ts';

/** A remote vault's secrets as one principal sees them: the client's calls, with sign-in, changes and audit around them. */
export class RemoteSecrets implements Secrets {
  readonly #vault: RemoteVault;
  readonly #by: Principal;
  readonly #local: () => Vault | null;

  constructor(vault: RemoteVault, by: Principal, local: () => Vault | null) {
    this.#vault = vault;
    this.#by = by;
    this.#local = local;
  }

  async list(options?: CallOptions): Promise<Secret[]> {
    const secrets = await this.#vault.use((client) => client.list(options));
    this.#vault.names.clear();
    for (const { uid, name } of secrets) this.#vault.names.set(uid, name);
    return secrets;
  }

  create(secret: NewSecret, options?: CallOptions): Promise<Secret> {
    return this.#changing(() => this.#vault.use((client) => client.create(secret, options)));
  }

  update(secret: string | Secret, changes: SecretChanges, options?: CallOptions): Promise<Secret> {
    return this.#changing(() => this.#vault.use((client) => client.update(secret, changes, options)));
  }

  delete(secret: string | Secret, options?: CallOptions): Promise<void> {
    return this.#changing(() => this.#vault.use((client) => client.delete(secret, options)));
  }

  replaceValue(secret: string | Secret, value: SecretValue, options?: CallOptions): Promise<Secret> {
    return this.#changing(async () => {
      const { replace } = await this.#vault.capabilities();
      return this.#vault.use((client) => replaceValue(client, replace, secret, value, options));
    });
  }

  whoami(options?: CallOptions): Promise<Account> {
    return this.#vault.use((client) => client.whoami(options));
  }

  /**
   * While the local vault is open its audit trail records the intent before and the result after; what cannot be
   * recorded is not revealed. While it is not open nothing is recorded here, and the view says so.
   */
  async reveal(secret: string | Secret, options?: CallOptions): Promise<SecretValue> {
    const trail = this.#local();
    await this.#record(trail, secret, 'intent');
    let value: SecretValue;
    try {
      value = await this.#vault.use((client) => client.reveal(secret, options));
    } catch (error) {
      await this.#record(trail, secret, 'refused', toSecretsError(error).kind).catch(() => undefined); // no value left
      throw error;
    }
    await this.#record(trail, secret, 'ok');
    return value;
  }

  async #record(
    trail: Vault | null,
    secret: string | Secret,
    outcome: 'intent' | 'ok' | 'refused',
    code = '',
  ): Promise<void> {
    const uid = typeof secret === 'string' ? secret : secret.uid;
    const name = typeof secret === 'string' ? this.#vault.names.get(uid) : secret.name;
    const detail = [this.#vault.record.id, code].filter(Boolean).join(' ');
    const event = { action: 'remote_reveal' as const, uid, outcome, detail, ...(name === undefined ? {} : { name }) };
    try {
      await trail?.record(this.#by, event);
    } catch (error) {
      throw new SecretsError(
        'audit_unavailable',
        'The audit trail could not be written, so nothing was revealed.',
        {},
        { cause: error },
      );
    }
  }

  /** Others are told even where it failed half-way: what the service did then is for their next list to show. */
  async #changing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.#vault.touch();
    }
  }
}
