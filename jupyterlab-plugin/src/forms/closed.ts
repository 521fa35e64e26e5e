import { failure, type ModelState, type SecretsError } from '@datalayer-secrets/shared';

/** Why the secrets of a vault cannot be changed as it is now, as what the service would say; null where they can. */
export function closed(state: ModelState, vaultId: string): SecretsError | null {
  const vault = state.vaults.find(({ info }) => info.id === vaultId);
  switch (vault?.list.kind) {
    case 'locked':
      return failure('locked');
    case 'setup-needed':
      return failure('setup_needed');
    case 'signed-out':
      return vault.list.error ?? failure('unauthenticated', { vault: vault.info.label });
    case 'loading':
    case 'ready':
    case 'stale':
    case 'failed':
    case undefined:
      return null;
  }
}
