import {
  type ModelService,
  SecretsModel,
  PageServiceClient,
  type ChangeSource,
  type Fetch,
} from '@datalayer-secrets/shared';
import { Signal } from '@lumino/signaling';

import type { ISecrets, Outlook, Policy } from '../tokens.ts';
import { EnsureRoute } from './ensure.ts';

export interface SecretsOptions {
  /** `<base address of the Jupyter Server>datalayer-secrets` */
  readonly origin: string;
  readonly fetch: Fetch;
  readonly changes: ChangeSource;
}

/**
 * The page's way to the service. Nothing is asked before somebody looks or a command runs. Only where none runs and the last
 * opening needed no prompt is one started and opened without a click, once each time somebody begins to look, and not after
 * the user has locked.
 */
export class Secrets implements ISecrets {
  readonly client: PageServiceClient;
  readonly model: SecretsModel;
  readonly changed = new Signal<this, void>(this);
  readonly #ensure: EnsureRoute;
  readonly #service: ModelService;
  #policy: Policy | null = null;
  #outlook: Outlook = 'unknown';
  #listed = false;
  #quietAllowed = true;
  #quietWanted = false;

  constructor({ origin, fetch, changes }: SecretsOptions) {
    this.client = new PageServiceClient({ origin, fetch });
    this.#ensure = new EnsureRoute({ origin, fetch });
    this.#service = this.#watched(this.client);
    this.model = new SecretsModel({ connect: (options) => this.#connect(options), changes: () => changes });
  }

  get policy(): Policy | null {
    return this.#policy;
  }

  get outlook(): Outlook {
    return this.#outlook;
  }

  get listed(): boolean {
    return this.#listed;
  }

  async start(): Promise<PageServiceClient> {
    await this.model.service({ start: true });
    return this.client;
  }

  allowQuiet(allowed: boolean): void {
    this.#quietAllowed = allowed;
  }

  attend(): () => void {
    this.#quietWanted = true;
    return this.model.watch();
  }

  async #connect({ start, signal }: { start: boolean; signal: AbortSignal }): Promise<ModelService | null> {
    const quiet = this.#quietWanted && this.#quietAllowed && !start;
    this.#quietWanted = false;
    const { service, policy } = await this.#ensure.ask({ start, quiet, signal });
    const outlook = service.kind === 'none' ? (service.used || policy.apiKey ? 'used' : 'unused') : this.#outlook;
    this.#learn({ policy, outlook, listed: service.kind === 'running' && this.#listed });
    return service.kind === 'running' ? this.#service : null;
  }

  /** The client, as the model uses it: an empty list of vaults that was asked for is told from none asked for yet. */
  #watched(client: PageServiceClient): ModelService {
    return {
      status: (options) => client.status(options),
      vaults: async (options) => {
        const answer = await client.vaults(options);
        this.#learn({ policy: this.#policy, outlook: this.#outlook, listed: true });
        return answer;
      },
      secrets: (vault) => client.secrets(vault),
    };
  }

  #learn({ policy, outlook, listed }: { policy: Policy | null; outlook: Outlook; listed: boolean }): void {
    const same = JSON.stringify(policy) === JSON.stringify(this.#policy);
    if (same && outlook === this.#outlook && listed === this.#listed) return;
    if (!same) this.#policy = policy;
    this.#outlook = outlook;
    this.#listed = listed;
    this.changed.emit();
  }
}
