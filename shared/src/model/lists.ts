import { failure, kindNamed } from '../error-table.ts';
import type { SecretsError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import type { VaultInfo } from '../vaults.ts';
import type { SecretList } from './state.ts';

const SETUP_NEEDED: SecretList = Object.freeze({ kind: 'setup-needed' });
const LOCKED: SecretList = Object.freeze({ kind: 'locked' });
const LOADING: SecretList = Object.freeze({ kind: 'loading' });

/** What a vault shows that cannot be asked for secrets; null for one that can. A `failed` one can: asking may mend it. */
export function closedList(info: VaultInfo): SecretList | null {
  switch (info.state) {
    case 'new':
      return SETUP_NEEDED;
    case 'locked':
      return LOCKED;
    case 'signed-out': {
      const kind = kindNamed(info.failure);
      return { kind: 'signed-out', error: kind ? failure(kind, { vault: info.label }) : null };
    }
    case 'open':
    case 'ready':
    case 'failed':
      return null;
  }
}

/**
 * The same, learnt from an answer to a request for secrets. A 401 of the local vault is about our own token instead, one of
 * Jupyter's about the page.
 */
export function closedBy(error: SecretsError, info: VaultInfo): SecretList | null {
  if (error.kind === 'setup_needed') return SETUP_NEEDED;
  if (error.kind === 'locked') return LOCKED;
  const ofVault = info.kind !== 'local' && error.details['reason'] !== 'jupyter';
  if (error.kind === 'unauthenticated' && ofVault) return { kind: 'signed-out', error };
  return null;
}

/** While asking: names that are known stay, with what was said of them. Not those of a local vault that was closed meanwhile. */
export function asking(before: SecretList | undefined, { kind, state }: VaultInfo): SecretList {
  const closed = kind === 'local' && state === 'failed';
  return before && 'secrets' in before && !closed ? before : LOADING;
}

/** After asking failed: known names stay, with their age and why there is nothing newer. */
export function failing(before: SecretList, error: SecretsError): SecretList {
  if (!('secrets' in before)) return { kind: 'failed', error };
  return { kind: 'stale', secrets: before.secrets, at: before.at, error };
}

export function withSecrets(list: SecretList, change: (secrets: readonly Secret[]) => readonly Secret[]): SecretList {
  return 'secrets' in list ? { ...list, secrets: change(list.secrets) } : list;
}
