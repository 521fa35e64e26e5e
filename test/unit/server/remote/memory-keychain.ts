import { SecretsError, type ErrorKind, type KeychainState } from '@datalayer-secrets/shared';
import type { CallOptions } from '../../../../server/src/keys/keychain.ts';
import type { TokenKeychain } from '../../../../server/src/remote/token-places.ts';

/** A keychain in memory, for what no real one does on demand: several systems, refusals, slowness. */
export class MemoryKeychain implements TokenKeychain {
  available: KeychainState = 'available';
  /** Every call that reads, writes or deletes fails so. */
  failure: ErrorKind | null = null;
  /** Accepts what is written and keeps nothing. */
  forgetful = false;
  /** Milliseconds to add to the clock with each reading: a person answering a prompt. */
  promptMs = 0;
  /** Reading waits until it is cancelled, as behind a prompt that nobody answers. */
  hanging = false;
  #held: Promise<void> | null = null;
  readonly entries: { service: string; account: string; secret: string }[] = [];
  readonly calls: { call: string; service: string; account?: string; timeoutMs?: number }[] = [];
  now = 1_000_000;

  add(service: string, account: string, secret: string): void {
    this.entries.push({ service, account, secret });
  }

  secret(service: string, account: string): string | undefined {
    return this.entries.find((entry) => entry.service === service && entry.account === account)?.secret;
  }

  /** The next reading gets its answer now and hands it out when the returned function is called. */
  hold(): () => void {
    let release: () => void = () => undefined;
    this.#held = new Promise((resolve) => (release = resolve));
    return () => release();
  }

  state(): Promise<KeychainState> {
    return Promise.resolve(this.available);
  }

  async find(service: string): Promise<string[]> {
    this.calls.push({ call: 'find', service });
    return Promise.resolve(this.entries.filter((entry) => entry.service === service).map(({ account }) => account));
  }

  async get(service: string, account: string, { timeoutMs, signal }: CallOptions): Promise<string | null> {
    this.calls.push({ call: 'get', service, account, timeoutMs });
    if (this.hanging)
      await new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(new SecretsError('cancelled', 'Cancelled.'))),
      );
    this.now += this.promptMs;
    this.#failIfAsked();
    const secret = this.secret(service, account) ?? null;
    const held = this.#held;
    this.#held = null;
    await held;
    return secret;
  }

  async set(service: string, account: string, secret: string, { timeoutMs }: CallOptions): Promise<void> {
    this.calls.push({ call: 'set', service, account, timeoutMs });
    this.#failIfAsked();
    if (this.forgetful) return;
    await this.#remove(service, account);
    this.add(service, account, secret);
  }

  async delete(service: string, account: string, { timeoutMs }: CallOptions): Promise<boolean> {
    this.calls.push({ call: 'delete', service, account, timeoutMs });
    this.#failIfAsked();
    return this.#remove(service, account);
  }

  #remove(service: string, account: string): Promise<boolean> {
    const at = this.entries.findIndex((entry) => entry.service === service && entry.account === account);
    if (at >= 0) this.entries.splice(at, 1);
    return Promise.resolve(at >= 0);
  }

  #failIfAsked(): void {
    if (this.failure) throw new SecretsError(this.failure, 'The keychain fails, as the test asked for.');
  }
}
