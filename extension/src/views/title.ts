import {
  handleOf,
  oneLine,
  shownVaults,
  vaultName,
  type ModelState,
  type Translate,
  type ViewState,
} from '@datalayer-secrets/shared';

/**
 * The title of the view. Named like its container, it is shown once; else the editor writes it behind the container's title.
 * Rows have sentences above them that say which vault it is; without rows the title says it: the machine of the local vault,
 * the account of another. A title, because the description of a view that is alone in its container is not shown.
 */
export function viewTitle(t: Translate, state: ModelState, { kind }: ViewState): string {
  if (state.service.kind !== 'ready' || kind === 'list' || kind === 'loading') return t('Datalayer Secrets');
  const { host } = state.service.status;
  const vaults = shownVaults(state);
  const [first] = vaults;
  if (!first || first.info.kind === 'local' || vaults.length > 1) return oneLine(host);
  return `${vaultName(t, first.info)} ${handleOf(first.info)}`.trim();
}
