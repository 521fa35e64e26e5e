import { SecretsError, type Account } from '@datalayer-secrets/shared';
import { answer } from './answer.ts';
import { readBody, SMALL_BODY, valueBody } from './body.ts';
import type { Item } from './open-secrets.ts';
import type { App, AppParts, Ctx } from './parts.ts';
import { ownAccount, profile } from './profile.ts';
import { authorize } from './scopes.ts';
import { authorizeReveal } from './reveal-scope.ts';
import { decodeValue, encodeValue } from './values.ts';
import { secretsOf, uidOf } from './vault-of.ts';
import { encodingOf, wireItem } from './wire-item.ts';

/** Datalayer's API for secrets and the account, with the answers its SDKs were seen to need. */
export function iamRoutes(app: App, parts: AppParts): void {
  const preferred = parts.valueEncoding ?? 'plain';
  for (const base of ['/api/iam/v1', '/vaults/:vault/api/iam/v1']) {
    app.get(`${base}/secrets`, async (c) => {
      authorize(c.get('principal').scope, 'list');
      const secrets = await (await secretsOf(c, parts)).list();
      return answer('The secrets are listed.', { secrets: secrets.map((secret) => wireItem(secret)) });
    });

    app.post(`${base}/secrets`, async (c) => {
      authorize(c.get('principal').scope, 'edit');
      const secrets = await secretsOf(c, parts);
      const encoding = encodingOf(c, preferred);
      const body = await readBody(c, 'NewSecret', valueBody(encoding));
      const value = decodeValue(body.value, body.encoding ?? encoding);
      const made = await secrets.create({ name: body.name, description: body.description, type: body.variant, value });
      return answer('The secret was created.', { secret: wireItem(made) }, 201);
    });

    // Before `/:uid`: these are no uids.
    app.get(`${base}/secrets/values`, async (c) => {
      authorizeReveal(c, parts);
      return answer('The values are listed.', wireValues(await (await secretsOf(c, parts)).revealAll()));
    });

    app.get(`${base}/secrets/:uid`, async (c) => {
      authorizeReveal(c, parts);
      const { item, value } = await (await secretsOf(c, parts)).reveal(uidOf(c));
      const secret = { ...wireItem(item), ...encodeValue(value, encodingOf(c, preferred)) };
      return answer('The secret was read.', { secret });
    });

    app.put(`${base}/secrets/:uid`, async (c) => {
      const { scope } = c.get('principal');
      authorize(scope, 'edit');
      const secrets = await secretsOf(c, parts);
      const uid = uidOf(c);
      const encoding = encodingOf(c, preferred);
      const body = await readBody(c, 'Changes', valueBody(encoding));
      if (body.value !== undefined) {
        // Comparing answers a guess at the value, which is for those who may read it.
        authorizeReveal(c, parts);
        const value = decodeValue(body.value, body.encoding ?? encoding);
        const same = await secrets.hasValue(uid, value);
        value.fill(0);
        if (!same) throw new SecretsError('immutable', 'A value cannot be changed; replace the secret instead.');
      }
      const updated = await secrets.update(uid, {
        ...(body.name !== undefined && { name: body.name }),
        ...(body.description !== undefined && { description: body.description }),
        ...(body.variant !== undefined && { type: body.variant }),
      });
      return answer('The secret was updated.', { secret: wireItem(updated) });
    });

    app.delete(`${base}/secrets/:uid`, async (c) => {
      authorize(c.get('principal').scope, 'edit');
      await (await secretsOf(c, parts)).delete(uidOf(c));
      return answer('The secret was deleted.');
    });

    app.get(`${base}/whoami`, async (c) => {
      return answer('This is you.', { profile: profile(await accountOf(c, parts)) });
    });
    app.get(`${base}/me`, async (c) => answer('This is you.', { me: profile(await accountOf(c, parts)) }));
    app.get(`${base}/memberships`, () => answer('There are no memberships.', { memberships: [] }));
    for (const path of ['logout', 'authentication/logout']) {
      app.get(`${base}/${path}`, () => answer('Tokens of this service end with it.'));
    }
    for (const path of ['login', 'authentication/login']) {
      app.post(`${base}/${path}`, async (c) => {
        const { token } = await readBody(c, 'Login', SMALL_BODY);
        const known = token === undefined ? null : parts.tokens.find(token);
        if (known === null || known === 'starter') {
          throw new SecretsError('unauthenticated', 'Sign in here with a token of this service.');
        }
        return answer('Signed in.', { token, user: profile(await accountOf(c, parts)) }, 201);
      });
    }
  }
}

/** The account behind a vault, also while the local one is locked: SDKs ask before anything else. */
async function accountOf(c: Ctx, parts: AppParts): Promise<Account> {
  return c.req.param('vault') === undefined || c.req.param('vault') === 'local'
    ? ownAccount()
    : (await secretsOf(c, parts)).whoami();
}

/**
 * Names and plain values for `GET secrets/values`. Entries `mcp:<id>` are repeated at the top level in base64, where
 * agent-runtimes 1.5.85 looks for them. Values that are no text are left out of a map of texts and counted.
 */
function wireValues(all: readonly { item: Item; value: Buffer }[]): Record<string, unknown> {
  // No prototype: a secret may be called `__proto__`.
  const secrets = Object.create(null) as Record<string, string>;
  const top = Object.create(null) as Record<string, unknown>;
  let binary = 0;
  for (const { item, value } of all) {
    if (item.name.startsWith('mcp:')) top[item.name] = value.toString('base64');
    const { value_s, encoding } = encodeValue(value, 'plain');
    if (encoding === 'plain') secrets[item.name] = value_s;
    else binary++;
  }
  return { ...top, secrets, binary };
}
