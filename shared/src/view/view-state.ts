import { explain } from '../error-table.ts';
import type { SecretsError } from '../errors.ts';
import type { ModelState, VaultView } from '../model/state.ts';
import type { Translate } from '../text.ts';
import { ago, damage, vaultDescription, vaultName } from './words.ts';

/** What the view as a whole shows. `list`: rows; `failed`: a sentence and ways on; each other one has a welcome view. */
export type ViewState =
  | {
      readonly kind: 'unknown' | 'loading' | 'first' | 'closed' | 'locked' | 'signedOut' | 'empty' | 'noMatch' | 'list';
    }
  | { readonly kind: 'failed'; readonly error: SecretsError };

/** Before anything was asked nothing is known; then, while no service runs, whether there is something to open. */
export type Outlook = 'unknown' | 'unused' | 'used';

export function viewState(state: ModelState, outlook: Outlook): ViewState {
  const vaults = shownVaults(state);
  const [first] = vaults;
  switch (state.service.kind) {
    case 'none':
      return { kind: outlook === 'unknown' ? 'unknown' : outlook === 'used' ? 'closed' : 'first' };
    case 'connecting':
      return { kind: first ? 'list' : 'loading' };
    case 'failed':
      return vaults.some(hasSecrets) ? { kind: 'list' } : { kind: 'failed', error: state.service.error };
    case 'ready':
      if (!first) return { kind: 'loading' };
      return vaults.length > 1 ? { kind: 'list' } : single(first, state);
  }
}

function single({ info, list, creating }: VaultView, { typeFilter }: ModelState): ViewState {
  switch (list.kind) {
    case 'setup-needed':
      return { kind: 'first' };
    case 'locked':
      return { kind: 'locked' };
    case 'signed-out':
      return list.error ? { kind: 'failed', error: list.error } : { kind: 'signedOut' };
    case 'loading':
      return { kind: 'loading' };
    case 'failed':
      return { kind: 'failed', error: list.error };
    case 'ready':
    case 'stale': {
      const types = [...list.secrets, ...creating].map(({ type }) => type);
      // Damaged secrets are no rows, but the vault is not empty.
      if (types.length === 0) return { kind: info.damaged === undefined ? 'empty' : 'list' };
      return { kind: typeFilter === null || types.includes(typeFilter) ? 'list' : 'noMatch' };
    }
  }
}

/** The vaults that are shown. A local vault that nobody set up is not one, where there is another. */
export function shownVaults({ vaults }: Pick<ModelState, 'vaults'>): readonly VaultView[] {
  const used = vaults.filter(({ list }) => list.kind !== 'setup-needed');
  return used.length > 0 ? used : vaults.slice(0, 1);
}

/** Whether its secrets can be worked with. */
export function hasSecrets({ list }: VaultView): boolean {
  return list.kind === 'ready' || list.kind === 'stale';
}

/** Why the list of a vault could not be loaded again, and how old it is; empty where it is not old. */
export function staleness(t: Translate, { info, list }: VaultView, now: number): string {
  if (list.kind !== 'stale') return '';
  const words = { vault: vaultName(t, info), ago: ago(t, list.at, now) };
  return `${explain(list.error, t).what} ${t('The list of “{vault}” was loaded {ago}.', words)}`;
}

/**
 * The sentences above the rows: which vault, unless there are several with rows of their own; why a list could not be loaded
 * again, and how old it is; what is damaged; which type is shown alone.
 */
export function viewMessage(t: Translate, state: ModelState, typeShown: string | null, now: number): string {
  const vaults = shownVaults(state);
  const [first] = vaults;
  const lines: string[] = [];
  if (first && vaults.length === 1 && state.service.kind === 'ready') {
    const { status } = state.service;
    const described = `${vaultName(t, first.info)} ${vaultDescription(t, first.info, status)}`;
    lines.push(
      first.info.kind === 'local'
        ? `${described}.`
        : t('{vault}; the service runs on {host}.', { vault: described, host: status.host }),
    );
  }
  for (const view of vaults) if (view.list.kind === 'stale') lines.push(staleness(t, view, now));
  for (const { info } of vaults) if (info.damaged !== undefined) lines.push(damage(t, info.damaged));
  if (typeShown !== null) lines.push(t('Only {type} are shown.', { type: typeShown }));
  return lines.join(' ');
}
