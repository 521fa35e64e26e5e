import type { ModelState, SecretsError, VaultView } from '@datalayer-secrets/shared';

import { ago, vaultDescription, vaultName, type Translate } from './words.ts';

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

function single({ list, creating }: VaultView, { typeFilter }: ModelState): ViewState {
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
      if (types.length === 0) return { kind: 'empty' };
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

/** Which vault on which machine, for the title of the view. */
export function viewDescription(t: Translate, state: ModelState): string {
  if (state.service.kind !== 'ready') return '';
  const { status } = state.service;
  const vaults = shownVaults(state);
  const [first] = vaults;
  if (!first || first.list.kind === 'setup-needed') return t('on {host}', { host: status.host });
  if (vaults.length > 1) return t('{count} vaults, service on {host}', { count: vaults.length, host: status.host });
  const described = `${vaultName(t, first.info)} ${vaultDescription(t, first.info, status)}`;
  return first.info.kind === 'local'
    ? described
    : t('{vault}, service on {host}', { vault: described, host: status.host });
}

/** The sentence above the rows: how old a list is that could not be loaded again; which type is shown alone. */
export function viewMessage(
  t: Translate,
  state: ModelState,
  typeShown: string | null,
  now: number,
): string | undefined {
  const lines = shownVaults(state).flatMap(({ info, list }) =>
    list.kind === 'stale'
      ? [
          t('{vault} cannot be reached. Its list is from {ago}.', {
            vault: vaultName(t, info),
            ago: ago(t, list.at, now),
          }),
        ]
      : [],
  );
  if (typeShown !== null) lines.push(t('Only {type} are shown.', { type: typeShown }));
  return lines.length > 0 ? lines.join(' ') : undefined;
}
