import { SecretsError } from '@datalayer-secrets/shared';
import { answer } from './answer.ts';
import { readBody, valueBody } from './body.ts';
import type { App, AppParts, Ctx } from './parts.ts';
import { authorize } from './scopes.ts';
import { decodeValue } from './values.ts';
import { secretsOf, uidOf, vaultId } from './vault-of.ts';
import { encodingOf, wireItem } from './wire-item.ts';

const MAX_EVENTS = 1_000;

/** What a vault offers beyond Datalayer's API. */
export function vaultRoutes(app: App, parts: AppParts): void {
  const base = '/vaults/:vault/api/vault/v1';

  app.get(`${base}/capabilities`, async (c) => {
    authorize(c.get('principal').scope, 'list');
    const id = vaultId(c);
    const capabilities =
      id === 'local' ? { replace: true, audit: true, readOnly: false } : await (await parts.remotes()).capabilities(id);
    return answer('These are the capabilities.', { capabilities });
  });

  app.post(`${base}/secrets/:uid/replace`, async (c) => {
    authorize(c.get('principal').scope, 'edit');
    const secrets = await secretsOf(c, parts);
    const uid = uidOf(c);
    const preferred = encodingOf(c, parts.valueEncoding ?? 'plain');
    const body = await readBody(c, 'Replacement', valueBody(preferred));
    const replaced = await secrets.replace(uid, decodeValue(body.value, body.encoding ?? preferred));
    return answer('The value was replaced.', { secret: wireItem(replaced) });
  });

  app.get(`${base}/audit`, async (c) => {
    authorize(c.get('principal').scope, 'audit');
    const vault = auditedVault(c, parts);
    const before = count(c.req.query('before'), 'before');
    const limit = Math.min(count(c.req.query('limit'), 'limit') ?? 100, MAX_EVENTS);
    const events = await vault.audit({ limit, ...(before !== undefined && { before }) });
    return answer('These are the events.', {
      events: events.map(({ seq, at, label, scope, action, uid, name, outcome, detail }) => {
        return { seq, at, label, scope, action, uid, name, outcome, detail };
      }),
    });
  });

  app.get(`${base}/audit/verify`, async (c) => {
    authorize(c.get('principal').scope, 'audit');
    const bad = await auditedVault(c, parts).verify();
    if (bad === null) return answer('The audit trail is whole.', { whole: true });
    return answer('The audit trail is not whole.', { whole: false, seq: bad.seq, reason: bad.reason });
  });
}

/** Remote vaults audit themselves and tell their own users. */
function auditedVault(c: Ctx, parts: AppParts) {
  if (vaultId(c) !== 'local') throw new SecretsError('not_found', 'This vault keeps its audit trail itself.');
  return parts.local.vault();
}

function count(text: string | undefined, field: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new SecretsError('invalid', `"${field}" must be a number from 1.`, { field });
  return Number(text);
}
