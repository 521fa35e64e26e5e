import { SecretsError, type Fetch } from '@datalayer-secrets/shared';

export type LoopbackFetch = Fetch & { close(): void };

/** A fetch for the service on this machine. */
export function createLoopbackFetch(_options: { port: number; token: string }): LoopbackFetch {
  const fetch: Fetch = () => Promise.reject(new SecretsError('unexpected', 'Not there yet.'));
  return Object.assign(fetch, { close: () => undefined });
}
