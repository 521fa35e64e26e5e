import { type CallOptions, Endpoint, type ErrorKind, failure, type Fetch } from '@datalayer-secrets/shared';

import type { Policy } from '../tokens.ts';

/** What the server says of the service; `elsewhere` is thrown. */
export type ServiceFound =
  | { readonly kind: 'running' }
  /** `used`: there is a vault or a sign-in to open. */
  | { readonly kind: 'none'; readonly used: boolean };

export interface Ensured {
  readonly service: ServiceFound;
  readonly policy: Policy;
}

export interface EnsureRequest extends CallOptions {
  /** Starts it where none runs. */
  readonly start: boolean;
  /** Starts and opens it where that needs no prompt. */
  readonly quiet: boolean;
}

/** Starting takes about a second; opening the vault without a prompt ends after five. */
const PATIENCE_MS = 60_000;

/** The one route that the service does not have: whether it runs, and that it does. @throws elsewhere, no_service, protocol, … */
export class EnsureRoute {
  readonly #endpoint: Endpoint;

  constructor(options: { readonly origin: string; readonly fetch: Fetch }) {
    this.#endpoint = new Endpoint({ ...options, own: true });
  }

  async ask({ start, quiet, signal }: EnsureRequest): Promise<Ensured> {
    const answer = await this.#endpoint.ask('POST', '/ensure', {
      body: { start, quiet },
      timeoutMs: PATIENCE_MS,
      signal,
    });
    const policy = fields(answer?.['policy']);
    return {
      service: serviceFound(fields(answer?.['service'])),
      policy: { localVault: policy['localVault'] === true, apiKey: policy['apiKey'] === true },
    };
  }
}

function serviceFound(said: Readonly<Record<string, unknown>>): ServiceFound {
  switch (said['state']) {
    case 'new':
    case 'locked':
    case 'open':
      return { kind: 'running' };
    case 'none':
      return { kind: 'none', used: said['used'] === true };
    case 'elsewhere':
      throw failure('elsewhere' satisfies ErrorKind, typeof said['host'] === 'string' ? { host: said['host'] } : {});
    default:
      throw failure('protocol');
  }
}

function fields(said: unknown): Readonly<Record<string, unknown>> {
  return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
}
