import type { AppParts, Ctx } from './parts.ts';
import { authorize, mayDo } from './scopes.ts';
import { isUid, isVaultId } from './vault-of.ts';

/**
 * Values are for tokens that may have them. Who asks with another one is noted in the audit trail of the local vault, while
 * that is open; the answer does not wait for it.
 * @throws SecretsError `forbidden`
 */
export function authorizeReveal(c: Ctx, { local }: AppParts): void {
  const by = c.get('principal');
  if (mayDo(by.scope, 'reveal')) return;
  const { vault = 'local', uid = '' } = c.req.param();
  if (isVaultId(vault)) {
    local.refuseRead(by, { ...(vault !== 'local' && { remote: vault }), ...(isUid(uid) && { uid }) });
  }
  authorize(by.scope, 'reveal');
}
