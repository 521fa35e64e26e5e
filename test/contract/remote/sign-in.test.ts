import { SecretValue } from '@datalayer-secrets/shared';
import { afterEach, describe, expect, it } from 'vitest';
import { fixtureToken, startDatalayerService } from '../../fixtures/datalayer-service.ts';
import { EDITOR, Machine } from './remote-parts.ts';

// The service at the other end is test/fixtures/datalayer-service.ts: answers written from the protocol notes.

let machine: Machine;
afterEach(() => machine.end());

const signIn = (request: Parameters<Machine['remotes']['signIn']>[0] = {}) =>
  machine.remotes.signIn({ token: new SecretValue(machine.datalayer.token), ...request });
const onlyVault = () => machine.remotes.list()[0];
const names = async (id = 'datalayer') => (await machine.remotes.secrets(id, EDITOR).list()).map(({ name }) => name);

describe('signing in with a token', () => {
  it('adds the vault with its account, and the token lies in the keychain and in no file or log', async () => {
    machine = await Machine.start();
    const { origin, token } = machine.datalayer;
    const account = { uid: 'uid-ada', handle: 'ada', email: 'ada@example.com' };
    const answer = await signIn();
    const state = { state: 'ready', tokenPlace: 'shared-entry', failure: null, account, origin };
    expect(answer).toMatchObject({ account, vault: { id: 'datalayer', kind: 'datalayer', ...state } });
    expect(machine.keychain.entries).toEqual([{ service: origin, account: 'access_token', secret: token }]);
    const traces = await machine.traces();
    expect(traces).toContain(origin);
    expect(traces).not.toContain(token);
    expect(machine.changes).toContain('datalayer');
  });

  it('takes away what a paste adds around it', async () => {
    machine = await Machine.start();
    await signIn({ token: new SecretValue(` \n${machine.datalayer.token}\r\n`) });
    expect(machine.keychain.entries[0]?.secret).toBe(machine.datalayer.token);
  });

  it('that only checks tells the account and adds, stores and changes nothing', async () => {
    machine = await Machine.start();
    expect(await signIn({ check: true })).toMatchObject({ vault: null, account: { handle: 'ada' } });
    expect(machine.remotes.list()).toEqual([]);
    expect(machine.keychain.entries).toEqual([]);
    expect(machine.changes).toEqual([]);
  });

  it.each([
    ['refused by the service', () => fixtureToken('eve'), 'unauthenticated'],
    ['of several lines', () => 'a\nx-injected: header', 'invalid'],
    ['empty', () => ' ', 'invalid'],
  ])('%s fails, leaves nothing behind and is not repeated in the error', async (_, token, kind) => {
    machine = await Machine.start();
    const text = token();
    const error: unknown = await signIn({ token: new SecretValue(text) }).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ kind });
    if (text.trim()) expect(String(error) + JSON.stringify(error)).not.toContain(text);
    expect(machine.remotes.list()).toEqual([]);
    expect(machine.keychain.entries).toEqual([]);
  });

  it('is sent to no other machine without TLS', async () => {
    machine = await Machine.start();
    await expect(signIn({ origin: 'http://example.org' })).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('does not follow a redirect with it', async () => {
    machine = await Machine.start();
    const elsewhere = await startDatalayerService();
    machine.datalayer.fail({ refuse: 'redirect', to: `${elsewhere.origin}/api/iam/v1/whoami` });
    await expect(signIn()).rejects.toMatchObject({ kind: 'redirect' });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it('to another service makes a second vault with an id of its own, and each token goes to its own service', async () => {
    machine = await Machine.start();
    const other = await startDatalayerService({ handle: 'grace' });
    other.add({ name: 'THEIRS', value: 'x', owner: 'grace' });
    machine.datalayer.add({ name: 'MINE', value: 'x' });
    await signIn();
    const { vault } = await signIn({ origin: `${other.origin}/`, token: new SecretValue(other.token) });
    expect(vault).toMatchObject({ id: expect.stringMatching(/^r-[0-9a-f]{8}$/) as string, origin: other.origin });
    expect(await names()).toEqual(['MINE']);
    expect(await names(vault?.id)).toEqual(['THEIRS']);
    expect(machine.datalayer.requests.some(({ headers }) => headers.authorization?.includes(other.token))).toBe(false);
    expect(other.requests.some(({ headers }) => headers.authorization?.includes(machine.datalayer.token))).toBe(false);
    expect(machine.remotes.list().map(({ id }) => id)).toEqual(['datalayer', vault?.id]);
    await other.close();
  });

  it('again, with another account, takes the place of the first: one account per service', async () => {
    machine = await Machine.start();
    await signIn();
    await signIn({ token: new SecretValue(machine.datalayer.addAccount('grace')) });
    expect(machine.remotes.list()).toMatchObject([{ account: { handle: 'grace' }, state: 'ready' }]);
    expect(machine.keychain.entries).toHaveLength(1);
  });

  it('to a service that knows our questions makes a team vault, with what that can do', async () => {
    machine = await Machine.start();
    const team = await startDatalayerService();
    team.capabilities = { replace: true, audit: true, readOnly: true };
    const { vault } = await signIn({ origin: team.origin, token: new SecretValue(team.token) });
    expect(vault?.kind).toBe('team');
    expect(await machine.remotes.capabilities(vault?.id ?? '')).toEqual({
      replace: false,
      audit: false,
      readOnly: true,
    });
    await team.close();
  });

  it('needs no local vault, and a locked one does not stop it', async () => {
    machine = await Machine.start();
    machine.datalayer.add({ name: 'MINE', value: 'x' });
    await signIn();
    expect(await names()).toEqual(['MINE']);
    await machine.open();
    await machine.lock();
    expect(await names()).toEqual(['MINE']);
  });
});

describe('a token with no keychain to lie in', () => {
  it('stays in memory, is called unstored, and is sealed once a local vault is set up', async () => {
    machine = await Machine.start();
    machine.keychain.available = 'no-secret-service';
    await signIn();
    expect(onlyVault()).toMatchObject({ state: 'ready', tokenPlace: 'nowhere' });
    expect(machine.remotes.holdsUnstoredToken()).toBe(true);
    await machine.open();
    expect(onlyVault()).toMatchObject({ state: 'ready', tokenPlace: 'sealed' });
    expect(machine.remotes.holdsUnstoredToken()).toBe(false);
    expect(await machine.traces()).not.toContain(machine.datalayer.token);
  });

  it('that the user wants forgotten is not sealed either', async () => {
    machine = await Machine.start();
    await signIn({ remember: false });
    await machine.open();
    expect(onlyVault()).toMatchObject({ state: 'ready', tokenPlace: 'nowhere' });
    expect(machine.keychain.entries).toEqual([]);
  });

  it('that was never stored is gone after a restart, and the vault is there, signed out', async () => {
    machine = await Machine.start();
    machine.keychain.available = 'no-session-bus';
    await signIn();
    await machine.restart();
    expect(onlyVault()).toMatchObject({
      id: 'datalayer',
      state: 'signed-out',
      failure: null,
      account: { handle: 'ada' },
    });
    expect(() => machine.remotes.secrets('datalayer', EDITOR)).toThrow(
      expect.objectContaining({ kind: 'unauthenticated' }),
    );
  });

  it('and is sealed: its vault is locked and opened together with the local one', async () => {
    machine = await Machine.start();
    machine.keychain.available = 'no-session-bus';
    machine.datalayer.add({ name: 'MINE', value: 'x' });
    await machine.open();
    await signIn();
    expect(onlyVault()?.tokenPlace).toBe('sealed');
    await machine.restart();
    expect(onlyVault()?.state).toBe('locked');
    expect(() => machine.remotes.secrets('datalayer', EDITOR)).toThrow(expect.objectContaining({ kind: 'locked' }));
    await machine.open();
    expect(onlyVault()?.state).toBe('ready');
    expect(await names()).toEqual(['MINE']);
    await machine.lock();
    expect(onlyVault()?.state).toBe('locked');
    expect(() => machine.remotes.secrets('datalayer', EDITOR)).toThrow(expect.objectContaining({ kind: 'locked' }));
  });

  it('and was signed out while the vault was locked leaves the vault when that opens', async () => {
    machine = await Machine.start();
    machine.keychain.available = 'no-session-bus';
    await machine.open();
    await signIn();
    await machine.lock();
    await machine.remotes.signOut('datalayer');
    await machine.restart();
    const vault = await machine.open();
    expect(await vault.sealed(`remote-token ${machine.datalayer.origin}`)).toBeNull();
  });

  it('moves to the keychain with the next sign-in, and its sealed copy goes', async () => {
    machine = await Machine.start();
    machine.keychain.available = 'no-session-bus';
    const vault = await machine.open();
    await signIn();
    expect(await vault.sealed(`remote-token ${machine.datalayer.origin}`)).not.toBeNull();
    machine.keychain.available = 'available';
    await signIn();
    expect(onlyVault()?.tokenPlace).toBe('shared-entry');
    expect(await vault.sealed(`remote-token ${machine.datalayer.origin}`)).toBeNull();
  });
});

describe('the sign-in of the Datalayer CLI', () => {
  it('is offered without reading it, taken over with a click, and then no longer offered', async () => {
    machine = await Machine.start({ platform: 'linux' });
    const { origin, token } = machine.datalayer;
    machine.keychain.add(origin, 'access_token', token);
    expect(await machine.remotes.offers()).toEqual([{ origin, source: 'datalayer-cli' }]);
    expect(machine.keychain.calls.map(({ call }) => call)).toEqual(['find']);
    expect(machine.datalayer.requests).toEqual([]);
    await machine.remotes.signIn({ source: 'datalayer-cli' });
    expect(machine.remotes.list()).toMatchObject([
      { state: 'ready', tokenPlace: 'shared-entry', account: { handle: 'ada' } },
    ]);
    expect(machine.keychain.calls.find(({ call }) => call === 'get')?.timeoutMs).toBe(120_000);
    expect(machine.keychain.calls.some(({ call }) => call === 'set')).toBe(false);
    expect(await machine.remotes.offers()).toEqual([]);
  });

  it('that is not there (any more) says so', async () => {
    machine = await Machine.start();
    await expect(machine.remotes.signIn({ source: 'datalayer-cli' })).rejects.toMatchObject({
      kind: 'unauthenticated',
    });
    expect(await machine.remotes.offers()).toEqual([]);
  });

  it('that exists twice is offered, and the click says that there are two', async () => {
    machine = await Machine.start({ platform: 'linux' });
    machine.keychain.add(machine.datalayer.origin, 'access_token', machine.datalayer.token);
    machine.keychain.add(machine.datalayer.origin, 'access_token', machine.datalayer.token);
    expect(await machine.remotes.offers()).toHaveLength(1);
    await expect(machine.remotes.signIn({ source: 'datalayer-cli' })).rejects.toMatchObject({
      kind: 'keychain_ambiguous',
    });
  });

  it('is not looked for where there is no keychain, and a keychain that hangs does not hold up the offers', async () => {
    machine = await Machine.start();
    machine.keychain.available = 'no-session-bus';
    expect(await machine.remotes.offers()).toEqual([]);
    expect(machine.keychain.calls).toEqual([]);
    machine.keychain.available = 'available';
    machine.keychain.find = () => new Promise(() => undefined);
    const started = performance.now();
    expect(await machine.remotes.offers()).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('a prompt of the keychain', () => {
  it('that somebody gives up on ends the sign-in at once and adds nothing', async () => {
    machine = await Machine.start();
    machine.keychain.add(machine.datalayer.origin, 'access_token', machine.datalayer.token);
    machine.keychain.hanging = true;
    for (const request of [{ source: 'datalayer-cli' as const }, { token: new SecretValue(machine.datalayer.token) }]) {
      const cancel = new AbortController();
      const reads = machine.keychain.calls.filter(({ call }) => call === 'get').length;
      const signingIn = machine.remotes.signIn(request, { signal: cancel.signal });
      await expect.poll(() => machine.keychain.calls.filter(({ call }) => call === 'get').length).toBe(reads + 1);
      cancel.abort();
      await expect(signingIn).rejects.toMatchObject({ kind: 'cancelled' });
      expect(machine.remotes.list()).toEqual([]);
    }
  });

  it('that a person answered is not risked at the next start', async () => {
    machine = await Machine.start();
    machine.keychain.add(machine.datalayer.origin, 'access_token', machine.datalayer.token);
    machine.keychain.promptMs = 8_000;
    await machine.remotes.signIn({ source: 'datalayer-cli' });
    expect(onlyVault()?.state).toBe('ready');
    await machine.restart();
    expect(onlyVault()?.state).toBe('locked');
  });

  it('that somebody gives up on while unlocking leaves the vault locked, to be tried again', async () => {
    machine = await Machine.start();
    await signIn();
    await machine.restart();
    machine.keychain.hanging = true;
    const cancel = new AbortController();
    const unlocking = machine.remotes.unlock({ signal: cancel.signal });
    await expect.poll(() => machine.keychain.calls.at(-1)?.call).toBe('get');
    cancel.abort();
    await unlocking;
    expect(onlyVault()).toMatchObject({ state: 'locked', failure: null });
    machine.keychain.hanging = false;
    await machine.remotes.unlock();
    expect(onlyVault()?.state).toBe('ready');
  });
});

describe('DATALAYER_API_KEY', () => {
  const withKey = async () => {
    const service = await startDatalayerService();
    machine = await Machine.start({
      environment: { DATALAYER_IAM_URL: service.origin, DATALAYER_API_KEY: service.token },
    });
    return service;
  };

  it('of the service is offered, and a sign-in with it is stored nowhere', async () => {
    const service = await withKey();
    expect(await machine.remotes.offers()).toEqual([{ origin: service.origin, source: 'environment' }]);
    await machine.remotes.signIn({ source: 'environment' });
    expect(machine.remotes.list()).toMatchObject([{ state: 'ready', tokenPlace: 'environment' }]);
    expect(machine.remotes.holdsUnstoredToken()).toBe(true);
    await machine.open();
    expect(machine.remotes.list()[0]?.tokenPlace).toBe('environment');
    expect(machine.keychain.entries).toEqual([]);
    expect(await machine.traces()).not.toContain(service.token);
    await machine.restart();
    expect(machine.remotes.list()).toEqual([]);
    await service.close();
  });

  it('of the service is sent to no other origin than the default one', async () => {
    const service = await withKey();
    const { origin } = machine.datalayer;
    await expect(machine.remotes.signIn({ source: 'environment', origin })).rejects.toMatchObject({ kind: 'invalid' });
    expect(machine.datalayer.requests).toEqual([]);
    await service.close();
  });

  it('that a client found and posted does not displace another account, and adds nothing to the same one', async () => {
    machine = await Machine.start();
    await signIn();
    const source = 'environment' as const;
    await expect(
      signIn({ source, token: new SecretValue(machine.datalayer.addAccount('grace')) }),
    ).rejects.toMatchObject({ kind: 'other_account' });
    await signIn({ source, token: new SecretValue(machine.datalayer.addAccount('ada')) });
    expect(onlyVault()).toMatchObject({ tokenPlace: 'shared-entry', account: { handle: 'ada' } });
  });
});

describe('signing out', () => {
  it('removes the vault; the entry of the Datalayer CLI stays and is only offered', async () => {
    machine = await Machine.start();
    const { origin } = machine.datalayer;
    await signIn();
    await machine.remotes.signOut('datalayer');
    expect(machine.remotes.list()).toEqual([]);
    expect(() => machine.remotes.secrets('datalayer', EDITOR)).toThrow(expect.objectContaining({ kind: 'not_found' }));
    expect(machine.keychain.entries).toHaveLength(1);
    await machine.restart();
    expect(machine.remotes.list()).toEqual([]);
    expect(await machine.remotes.offers()).toEqual([{ origin, source: 'datalayer-cli' }]);
  });

  it('with the second choice signs the Datalayer CLI out too', async () => {
    machine = await Machine.start();
    await signIn();
    await machine.remotes.signOut('datalayer', { sharedEntryToo: true });
    expect(machine.keychain.entries).toEqual([]);
    expect(await machine.remotes.offers()).toEqual([]);
  });

  it('removes an entry of our own without being asked', async () => {
    machine = await Machine.start({ platform: 'linux' });
    await signIn();
    expect(machine.keychain.entries).toMatchObject([
      { service: 'datalayer-secrets', account: machine.datalayer.origin },
    ]);
    await machine.remotes.signOut('datalayer');
    expect(machine.keychain.entries).toEqual([]);
  });

  it('that the keychain prevents changes nothing and can be tried again', async () => {
    machine = await Machine.start();
    await signIn();
    machine.keychain.failure = 'keychain_denied';
    await expect(machine.remotes.signOut('datalayer', { sharedEntryToo: true })).rejects.toMatchObject({
      kind: 'keychain_denied',
    });
    expect(onlyVault()?.state).toBe('ready');
    machine.keychain.failure = null;
    await machine.remotes.signOut('datalayer', { sharedEntryToo: true });
    expect(machine.remotes.list()).toEqual([]);
  });

  it('and in again gives a revision above all before, so that nobody takes the new list for an old one', async () => {
    machine = await Machine.start();
    await signIn();
    await machine.remotes
      .secrets('datalayer', EDITOR)
      .create({ name: 'A', description: '', type: 'key', value: new SecretValue('v') });
    const before = onlyVault()?.revision ?? Number.NaN;
    await machine.remotes.signOut('datalayer');
    await signIn();
    expect(onlyVault()?.revision).toBeGreaterThan(before);
  });

  it('of a vault that is not there says so', async () => {
    machine = await Machine.start();
    await expect(machine.remotes.signOut('r-00000000')).rejects.toMatchObject({ kind: 'not_found' });
  });
});
