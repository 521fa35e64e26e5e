import { SecretsError } from '@datalayer-secrets/shared';
import { auditedPrincipal } from './audit-label.ts';
import { localSecrets, type OpenSecrets } from './open-secrets.ts';
import type { AppParts, Ctx } from './parts.ts';
import { remoteSecrets } from './remote-secrets.ts';

/** Vault ids of the design: `local`, `datalayer`, `r-…`. Anything else has no business in a message or a log. */
export function vaultId(c: Ctx): string {
  const id = c.req.param('vault') ?? 'local';
  if (!isVaultId(id)) throw new SecretsError('not_found', 'There is no such vault.');
  return id;
}

export function isVaultId(id: string): boolean {
  return /^[a-z0-9-]{1,32}$/.test(id);
}

export function isUid(uid: string): boolean {
  return /^[\w-]{1,64}$/.test(uid);
}

/** The uid of the path. Ours are ULIDs, other services' may be anything that is safe in a path. */
export function uidOf(c: Ctx): string {
  const uid = c.req.param('uid') ?? '';
  if (!isUid(uid)) throw new SecretsError('not_found', 'There is no such secret.');
  return uid;
}

/** @throws SecretsError `setup_needed`, `locked`, `not_found`, and what a remote vault's state says */
export async function secretsOf(c: Ctx, parts: AppParts): Promise<OpenSecrets> {
  const id = vaultId(c);
  const by = auditedPrincipal(c);
  if (id === 'local') return localSecrets(parts.local.vault(), by);
  return remoteSecrets((await parts.remotes()).secrets(id, by));
}
