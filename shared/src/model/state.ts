import type { CallOptions } from '../endpoint.ts';
import type { PageSecrets } from '../page-secrets.ts';
import type { SecretsError } from '../errors.ts';
import { SECRET_TYPES, type Secret, type SecretType } from '../secret.ts';
import type { ServiceStatus, SignInOffer, VaultInfo } from '../vaults.ts';

/** What the model asks of the service. `PageServiceClient` fits. */
export interface ModelService {
  status(options?: CallOptions): Promise<ServiceStatus>;
  vaults(options?: CallOptions): Promise<{ vaults: VaultInfo[]; offers: SignInOffer[] }>;
  secrets(vaultId: string): PageSecrets;
}

export type ChangeListener = (change: { vault: string; revision: number }) => void;

/** Subscribes to the changes of all vaults; returns the undoing. `lost` is called at most once, when no more will come. */
export interface ChangeSource {
  (listener: ChangeListener, lost: (error: SecretsError) => void): () => void;
}

/** `none`: no service runs, as far as anybody asked. */
export type ServiceView =
  | { readonly kind: 'none' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'failed'; readonly error: SecretsError }
  | { readonly kind: 'ready'; readonly status: ServiceStatus };

/** `at`: when the list was true, in milliseconds of the model's clock. Secrets are ordered by name. */
export type SecretList =
  | { readonly kind: 'setup-needed' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'signed-out'; readonly error: SecretsError | null }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly secrets: readonly Secret[]; readonly at: number }
  | { readonly kind: 'stale'; readonly secrets: readonly Secret[]; readonly at: number; readonly error: SecretsError }
  | { readonly kind: 'failed'; readonly error: SecretsError };

export interface PendingSecret {
  readonly name: string;
  readonly type: SecretType;
}

export interface VaultView {
  readonly info: VaultInfo;
  readonly list: SecretList;
  /** Sent, not yet stored: shown apart, never among the secrets. */
  readonly creating: readonly PendingSecret[];
  /** Uids whose deletion was sent; they stay in the list until it is done. */
  readonly deleting: ReadonlySet<string>;
}

export interface ModelState {
  readonly service: ServiceView;
  readonly vaults: readonly VaultView[];
  readonly offers: readonly SignInOffer[];
  readonly typeFilter: SecretType | null;
}

export const EMPTY: ModelState = Object.freeze({
  service: Object.freeze({ kind: 'none' }),
  vaults: Object.freeze([]),
  offers: Object.freeze([]),
  typeFilter: null,
});

/** Groups in the fixed order of the known types, then the others by name. Empty groups are left out. */
export function groupByType(secrets: readonly Secret[]): { type: SecretType; secrets: Secret[] }[] {
  const groups = new Map<SecretType, Secret[]>(SECRET_TYPES.map((type) => [type, []]));
  const others = new Map<SecretType, Secret[]>();
  for (const secret of secrets) {
    const group = groups.get(secret.type) ?? others.get(secret.type);
    if (group) group.push(secret);
    else others.set(secret.type, [secret]);
  }
  return [...groups, ...[...others].sort(([a], [b]) => (a < b ? -1 : 1))]
    .filter(([, members]) => members.length > 0)
    .map(([type, members]) => ({ type, secrets: members }));
}
