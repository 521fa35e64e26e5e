import { Hono } from 'hono';
import { routePath } from 'hono/route';
import { SecretsError } from '@datalayer-secrets/shared';
import { answer, failure } from './answer.ts';
import { authenticate, Failures } from './bearer.ts';
import { readBody, SMALL_BODY } from './body.ts';
import { guard } from './guard.ts';
import { iamRoutes } from './iam-routes.ts';
import { causeOf } from '../service/log.ts';
import type { App, AppParts, Env } from './parts.ts';
import { ownAccount } from './profile.ts';
import { Refusal } from './refusal.ts';
import { serviceRoutes } from './service-routes.ts';
import { toFailure } from './statuses.ts';
import { vaultRoutes } from './vault-routes.ts';

/**
 * The HTTP face, a function of its parts: no socket, no file, no clock of its own.
 *
 *   GET  /hello                            who listens here (no bearer)
 *   POST /api/vault/v1/tokens              a token for a client (the run file's secret only)
 *        /api/vault/v1/…                   service-routes.ts
 *        [/vaults/<id>]/api/iam/v1/…       iam-routes.ts, Datalayer's own paths; without prefix the local vault
 *        /vaults/<id>/api/vault/v1/…       vault-routes.ts
 */
export function createApp(parts: AppParts): App {
  const failures = new Failures(parts.now);
  // npm @datalayer/core keeps the trailing slash of its base address and asks for //api/….
  const app: App = new Hono<Env>({ getPath: (request) => pathOf(request.url).replaceAll(/\/{2,}/g, '/') });

  app.onError((error, c) => {
    const { status, body } = toFailure(error, error instanceof Refusal ? error.status : undefined);
    const unexpected = error instanceof SecretsError ? {} : causeOf(error);
    parts.log('request failed', {
      route: routePath(c, -1),
      method: c.req.method,
      status,
      code: body.code,
      ...unexpected,
    });
    return failure(error);
  });
  app.notFound((c) => {
    parts.log('request failed', { route: 'none', method: c.req.method, status: 404, code: 'not_found' });
    return failure(new SecretsError('not_found', 'There is nothing at this address.'));
  });

  app.use(guard(parts.port));

  app.get('/hello', (c) => {
    const { nonce = '', client = '' } = c.req.query();
    if (!/^[\w-]{16,128}$/.test(nonce)) throw new SecretsError('invalid', 'The nonce is missing.', { field: 'nonce' });
    const proof = parts.tokens.prove(client, nonce, parts.port(), process.pid);
    if (proof === null) throw failures.next();
    return answer('Hello.', { proof, port: parts.port(), pid: process.pid });
  });

  app.post('/api/vault/v1/tokens', async (c) => {
    if (authenticate(c.req.header('authorization'), parts.tokens, failures) !== 'starter') {
      throw new SecretsError('forbidden', 'Only the program that starts the service hands out tokens.');
    }
    parts.life.touch();
    const { label, scope } = await readBody(c, 'TokenRequest', SMALL_BODY);
    const token = parts.tokens.mint(label, scope, ownAccount().uid);
    return answer('A token was made.', { token, state: parts.local.state }, 201);
  });

  app.use(async (c, next) => {
    const principal = authenticate(c.req.header('authorization'), parts.tokens, failures);
    if (principal === 'starter') throw new SecretsError('forbidden', 'This token only makes other tokens.');
    c.set('principal', principal);
    parts.life.touch();
    await next();
  });

  serviceRoutes(app, parts);
  iamRoutes(app, parts);
  vaultRoutes(app, parts);
  return app;
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const end = url.slice(start).search(/[?#]/);
  return start < 0 ? '/' : end < 0 ? url.slice(start) : url.slice(start, start + end);
}
