import { SecretsError, toSecretsError, type ChangeSource, type ServiceClient } from '@datalayer-secrets/shared';

/** The service's stream of changes, as the model listens to it. */
export function changesOf(client: Pick<ServiceClient, 'changes'>): ChangeSource {
  return (listener, lost) => {
    const abort = new AbortController();
    const listen = async (): Promise<void> => {
      for await (const change of client.changes({ signal: abort.signal })) listener(change);
      throw new SecretsError('offline', 'The secrets service ended the connection.');
    };
    listen().catch((error: unknown) => {
      if (!abort.signal.aborted) lost(toSecretsError(error));
    });
    return () => abort.abort();
  };
}
