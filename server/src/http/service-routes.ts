import { SecretsError } from '@datalayer-secrets/shared';
import { answer } from './answer.ts';
import { readBody, SMALL_BODY } from './body.ts';
import { changes } from './changes.ts';
import type { App, AppParts } from './parts.ts';
import { authorize } from './scopes.ts';

/** State, unlocking, the list of vaults, changes, the end: the routes without a vault's prefix. */
export function serviceRoutes(app: App, parts: AppParts): void {
  const { local, life } = parts;
  const base = '/api/vault/v1';
  const status = async (message: string) => answer(message, { status: await parts.status() });

  app.get(`${base}/status`, (c) => {
    authorize(c.get('principal').scope, 'status');
    return status('The service is running.');
  });

  app.post(`${base}/setup`, async (c) => {
    const by = c.get('principal');
    authorize(by.scope, 'open');
    const { slot, ...request } = await readBody(c, 'Setup', SMALL_BODY);
    if (request.keyFile !== undefined) authorize(by.scope, 'name-place');
    await local.setup(by, slot, { ...request, signal: c.req.raw.signal });
    parts.log('vault set up', { slot });
    await (await parts.remotes()).localVaultOpened();
    life.reconsider();
    return status('The vault is set up.');
  });

  app.post(`${base}/unlock`, async (c) => {
    const by = c.get('principal');
    authorize(by.scope, 'open');
    const { slot, interactive, ...request } = await readBody(c, 'Unlock', SMALL_BODY);
    if (request.keyFile !== undefined) authorize(by.scope, 'name-place');
    const remotes = await parts.remotes();
    // A remote vault may wait for a click while there is no local one at all, or none that a click could open.
    const hasLocal = local.state === 'open' || (local.state === 'locked' && local.fault === null);
    if (hasLocal || remotes.list().length === 0) {
      await local.unlock(by, slot, interactive, { ...request, signal: c.req.raw.signal });
      parts.log('vault unlocked', { slot: local.openedBy ?? 'none' });
      const { damaged } = local.info();
      if (damaged !== undefined) parts.log('secrets damaged', { count: damaged });
      await remotes.localVaultOpened();
    }
    if (interactive) await remotes.unlock({ signal: c.req.raw.signal });
    life.reconsider();
    return status(local.state === 'open' ? 'The vault is open.' : 'The local vault stays as it is.');
  });

  app.post(`${base}/lock`, async (c) => {
    const by = c.get('principal');
    authorize(by.scope, 'open');
    await readBody(c, 'Nothing', SMALL_BODY);
    await local.lock(by);
    (await parts.remotes()).localVaultClosed();
    parts.log('vault locked');
    life.reconsider();
    return status('The vault is locked.');
  });

  app.put(`${base}/slots/passphrase`, async (c) => {
    authorize(c.get('principal').scope, 'open');
    const { passphrase } = await readBody(c, 'Passphrase', SMALL_BODY);
    await local.setPassphrase(passphrase);
    parts.log('passphrase set');
    return status('The passphrase is set.');
  });

  app.get(`${base}/vaults`, async (c) => {
    authorize(c.get('principal').scope, 'status');
    const remotes = await parts.remotes();
    const vaults = [local.info(), ...remotes.list()];
    return answer('These are the vaults.', { vaults, offers: await remotes.offers() });
  });

  app.post(`${base}/vaults`, async (c) => {
    const by = c.get('principal');
    authorize(by.scope, 'sign-in');
    const request = await readBody(c, 'SignIn', SMALL_BODY);
    // A page must not choose where a token goes.
    if (request.origin !== undefined) authorize(by.scope, 'name-place');
    const remotes = await parts.remotes();
    const { vault, account } = await remotes.signIn(request, { signal: c.req.raw.signal });
    parts.log('signed in', { vault: vault?.id ?? 'checked' });
    life.reconsider();
    return answer('Signed in.', { vault, account }, request.check === true ? 200 : 201);
  });

  app.delete(`${base}/vaults/:id`, async (c) => {
    authorize(c.get('principal').scope, 'sign-in');
    const id = c.req.param('id');
    if (id === 'local' || !/^[a-z0-9-]{1,32}$/.test(id)) throw new SecretsError('not_found', 'There is no such vault.');
    const remotes = await parts.remotes();
    await remotes.signOut(id, {
      sharedEntryToo: c.req.header('x-shared-entry') === 'delete',
      signal: c.req.raw.signal,
    });
    parts.log('signed out', { vault: id });
    life.reconsider();
    return answer('Signed out.');
  });

  app.get(`${base}/changes`, async (c) => {
    authorize(c.get('principal').scope, 'status');
    return changes(parts, await parts.remotes());
  });

  app.post(`${base}/leave`, async (c) => {
    await readBody(c, 'Nothing', SMALL_BODY);
    life.leave();
    return answer('Goodbye.');
  });

  app.post(`${base}/stop`, async (c) => {
    authorize(c.get('principal').scope, 'stop');
    const { replacement = false } = await readBody(c, 'Stop', SMALL_BODY);
    // A newer program asks so before it takes over: not where the user would have to unlock or sign in again.
    if (replacement && (local.wouldNeedUnlock || (await parts.remotes()).holdsUnstoredToken())) {
      return answer('The service stays.', { stopping: false });
    }
    parts.stop();
    return answer('The service ends.', { stopping: true });
  });
}
