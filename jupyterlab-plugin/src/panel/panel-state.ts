import { type ModelState, viewState, type ViewState } from '@datalayer-secrets/shared';

import type { ISecrets } from '../tokens.ts';

/** What the panel shows. `noVault`: whoever runs the server allows no vault on its machine, and nobody is signed in elsewhere. */
export type PanelState = ViewState | { readonly kind: 'noVault' };

export function panelState(
  state: ModelState,
  { outlook, policy, listed }: Pick<ISecrets, 'outlook' | 'policy' | 'listed'>,
): PanelState {
  const view = viewState(state, outlook);
  if (policy?.localVault !== false) return view;
  const none = state.service.kind === 'ready' && listed && state.vaults.length === 0;
  return view.kind === 'first' || none ? { kind: 'noVault' } : view;
}
