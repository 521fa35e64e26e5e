import { failure, toSecretsError } from '../error-table.ts';
import type { SecretsError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { Coalesced } from './coalesced.ts';

export interface Loading {
  readonly list: (signal: AbortSignal) => Promise<readonly Secret[]>;
  readonly loaded: (secrets: readonly Secret[]) => void;
  readonly failed: (error: SecretsError) => void;
}

/** Loads the list of one vault while that vault is open. A slow vault delays no other. */
export class VaultLoader {
  readonly #loading: Loading;
  readonly #ended = new AbortController();
  readonly #runs = new Coalesced(() => this.#run());
  #running = false;
  #changes = 0;
  /** The revision that was last asked for; undefined to ask in any case. */
  revision: number | undefined;
  /** Resolves when all that was asked for is answered. */
  settled: Promise<void> = Promise.resolve();

  constructor(loading: Loading) {
    this.#loading = loading;
  }

  load(revision: number): void {
    this.revision = revision;
    this.settled = this.#runs.ask();
  }

  /** We changed something ourselves: an answer that is on its way may not have it, so it is dropped and asked for again. */
  changed(): void {
    this.#changes++;
    if (this.#running) this.settled = this.#runs.ask();
  }

  /** The vault is closed or gone. */
  end(): void {
    this.#ended.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    if (signal.aborted) return;
    const changes = this.#changes;
    const late = () => signal.aborted || changes !== this.#changes;
    this.#running = true;
    try {
      const secrets = await Promise.race([this.#loading.list(signal), aborted(signal)]);
      if (!late()) this.#loading.loaded(secrets);
    } catch (error) {
      if (!late()) this.#loading.failed(toSecretsError(error));
    } finally {
      this.#running = false;
    }
  }
}

/** Rejects on abort, so that nobody waits for a service that does not heed the signal. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(failure('cancelled')), { once: true });
  });
}
