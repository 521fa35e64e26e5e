import { failure, toSecretsError } from '../error-table.ts';
import type { ErrorKind } from '../errors.ts';
import { PROTOCOL, type ServiceStatus } from '../vaults.ts';
import type { ModelService } from './state.ts';

export interface Reached {
  readonly service: ModelService;
  readonly status: ServiceStatus;
}

/** With these the service that we knew is gone, or is another one now: it is looked for again. */
const GONE: readonly ErrorKind[] = ['offline', 'unauthenticated', 'impostor', 'no_service'];

export type Connect = (options: { start: boolean; signal: AbortSignal }) => Promise<ModelService | null>;

/** The way to the service. Nobody has to know whether it was started, found or there already. */
export class Connection {
  readonly #connect: Connect;
  readonly #signal: AbortSignal;
  #service: ModelService | null = null;
  #opening: { readonly start: boolean; readonly service: Promise<ModelService | null> } | undefined;

  constructor(connect: Connect, signal: AbortSignal) {
    this.#connect = connect;
    this.#signal = signal;
  }

  /** The service as it was last reached. */
  get service(): ModelService | null {
    return this.#service;
  }

  /**
   * The service and its present status; null when none runs and none was to be started.
   * @throws too_old, too_new, and what reaching it throws.
   */
  async reach(start: boolean): Promise<Reached | null> {
    const known = this.#service;
    if (known) {
      try {
        return await this.#ask(known);
      } catch (error) {
        if (!GONE.includes(toSecretsError(error).kind)) throw error;
        if (this.#service === known) this.#service = null;
      }
    }
    const service = this.#service ?? (await this.#open(start));
    return service && (await this.#ask(service));
  }

  async #ask(service: ModelService): Promise<Reached> {
    const status = await service.status({ signal: this.#signal });
    if (status.protocol !== PROTOCOL) {
      const details = { protocol: status.protocol, supported: PROTOCOL };
      throw failure(status.protocol < PROTOCOL ? 'too_old' : 'too_new', details);
    }
    return { service, status };
  }

  /** Connects once for all who ask at the same time; who wants the service started does not take "none" for an answer. */
  async #open(start: boolean): Promise<ModelService | null> {
    const running = this.#opening;
    if (running) {
      const service = await running.service;
      if (service || running.start || !start) return service;
    }
    const opening = { start, service: this.#connect({ start, signal: this.#signal }) };
    this.#opening = opening;
    try {
      const service = await opening.service;
      if (!this.#signal.aborted) this.#service = service;
      return service;
    } finally {
      if (this.#opening === opening) this.#opening = undefined;
    }
  }
}
