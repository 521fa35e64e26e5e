import { SecretValue } from '@datalayer-secrets/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EDITOR, Machine } from './remote-parts.ts';

// The service at the other end is test/fixtures/datalayer-service.ts: answers written from the protocol notes.

let machine: Machine;
beforeEach(async () => {
  machine = await Machine.start();
  machine.datalayer.add({ name: 'MINE', value: 'x' });
  await machine.remotes.signIn({ token: new SecretValue(machine.datalayer.token) });
});
afterEach(() => machine.end());

const onlyVault = () => machine.remotes.list()[0];
const list = async () => (await machine.remotes.secrets('datalayer', EDITOR).list()).map(({ name }) => name);
const reads = () => machine.keychain.calls.filter(({ call }) => call === 'get').length;
/** What the Datalayer CLI does when somebody signs in there. */
const cliSignsIn = (handle: string) => {
  const token = machine.datalayer.addAccount(handle);
  machine.keychain.entries.length = 0;
  machine.keychain.add(machine.datalayer.origin, 'access_token', token);
  return token;
};

describe('after a restart', () => {
  it('nothing is read from the keychain or asked of the network until somebody uses the vault', async () => {
    await machine.restart();
    const before = [reads(), machine.datalayer.requests.length];
    expect(onlyVault()).toMatchObject({ state: 'ready', tokenPlace: 'shared-entry', account: { handle: 'ada' } });
    expect([reads(), machine.datalayer.requests.length]).toEqual(before);
    expect(await list()).toEqual(['MINE']);
    expect(machine.keychain.calls.at(-1)).toMatchObject({ call: 'get', timeoutMs: 5_000 });
  });

  it('the token is read once, however many ask at the same moment', async () => {
    await machine.restart();
    const before = reads();
    await Promise.all([list(), list(), list()]);
    expect(reads()).toBe(before + 1);
  });

  it('another account in the shared entry is not used: the vault is signed out, says why, and it is offered', async () => {
    const grace = cliSignsIn('grace');
    machine.datalayer.add({ name: 'HERS', value: 'x', owner: 'grace' });
    await machine.restart();
    await expect(list()).rejects.toMatchObject({ kind: 'other_account' });
    expect(onlyVault()).toMatchObject({ state: 'signed-out', failure: 'other_account', account: { handle: 'ada' } });
    const withHers = machine.datalayer.requests.filter(({ headers }) => headers.authorization === `Bearer ${grace}`);
    expect(withHers.map(({ path }) => path)).toEqual(['/api/iam/v1/whoami']);
    const asked = reads();
    expect(() => machine.remotes.secrets('datalayer', EDITOR)).toThrow(
      expect.objectContaining({ kind: 'other_account' }),
    );
    expect(reads()).toBe(asked);

    const [offer] = await machine.remotes.offers();
    const { source } = offer ?? {};
    expect(source).toBe('datalayer-cli');
    await machine.remotes.signIn({ ...(source && { source }) });
    expect(onlyVault()).toMatchObject({ state: 'ready', failure: null, account: { handle: 'grace' } });
    expect(await list()).toEqual(['HERS']);
  });

  it('the same account with a newer token goes on without a word', async () => {
    cliSignsIn('ada');
    machine.datalayer.revoke(machine.datalayer.token);
    await machine.restart();
    expect(await list()).toEqual(['MINE']);
  });

  it('an entry that the Datalayer CLI deleted means signed out', async () => {
    machine.keychain.entries.length = 0;
    await machine.restart();
    await expect(list()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(onlyVault()).toMatchObject({ state: 'signed-out', failure: 'unauthenticated' });
  });

  it('a service that cannot be reached leaves the sign-in as it is', async () => {
    await machine.restart();
    machine.datalayer.fail({ refuse: 'drop' });
    await expect(list()).rejects.toMatchObject({ kind: 'offline' });
    expect(onlyVault()).toMatchObject({ state: 'ready', failure: null });
    machine.datalayer.recover();
    expect(await list()).toEqual(['MINE']);
  });

  it('a new default origin changes the id of the vault, never where its token goes', async () => {
    await machine.restart({ environment: { DATALAYER_IAM_URL: 'https://other.example.org' } });
    expect(onlyVault()).toMatchObject({ id: expect.stringMatching(/^r-/) as string, origin: machine.datalayer.origin });
    const secrets = await machine.remotes.secrets(onlyVault()?.id ?? '', EDITOR).list();
    expect(secrets.map(({ name }) => name)).toEqual(['MINE']);
  });
});

describe('after a refusal (401)', () => {
  it('a newer token of the same account in the shared entry is used, and the call is made again', async () => {
    cliSignsIn('ada');
    machine.datalayer.revoke(machine.datalayer.token);
    expect(await list()).toEqual(['MINE']);
    expect(onlyVault()).toMatchObject({ state: 'ready', failure: null });
  });

  it('and no newer token, the vault is signed out, the keychain keeps what it has, and nothing is tried again', async () => {
    machine.datalayer.revoke(machine.datalayer.token);
    await expect(list()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(onlyVault()).toMatchObject({ state: 'signed-out', failure: 'unauthenticated' });
    expect(machine.keychain.entries).toHaveLength(1);
    const before = machine.datalayer.requests.length;
    expect(() => machine.remotes.secrets('datalayer', EDITOR)).toThrow(
      expect.objectContaining({ kind: 'unauthenticated' }),
    );
    expect(machine.datalayer.requests).toHaveLength(before);
  });

  it('another account in the shared entry is not used', async () => {
    cliSignsIn('grace');
    machine.datalayer.revoke(machine.datalayer.token);
    await expect(list()).rejects.toMatchObject({ kind: 'other_account' });
    expect(onlyVault()).toMatchObject({ state: 'signed-out', failure: 'other_account' });
  });

  it('many calls at once are all made again with the newer token', async () => {
    cliSignsIn('ada');
    machine.datalayer.revoke(machine.datalayer.token);
    expect(await Promise.all([list(), list(), list(), list()])).toEqual(Array(4).fill(['MINE']));
  });

  it('a write is made again too: a refused one did nothing', async () => {
    cliSignsIn('ada');
    machine.datalayer.revoke(machine.datalayer.token);
    const secret = { name: 'NEW', description: '', type: 'generic', value: new SecretValue('v') };
    await machine.remotes.secrets('datalayer', EDITOR).create(secret);
    expect(await list()).toEqual(['MINE', 'NEW']);
  });
});

describe('a keychain that may ask the user', () => {
  it('is not asked without a click once its last answer took a person: the vault is locked until then', async () => {
    machine.keychain.promptMs = 4_000;
    await machine.restart();
    await list(); // asks, and somebody answers within the time
    await machine.restart();
    const before = reads();
    expect(onlyVault()).toMatchObject({ state: 'locked', failure: null });
    expect(() => machine.remotes.secrets('datalayer', EDITOR)).toThrow(expect.objectContaining({ kind: 'locked' }));
    expect(reads()).toBe(before);
    await machine.remotes.unlock();
    expect(machine.keychain.calls.at(-1)).toMatchObject({ call: 'get', timeoutMs: 120_000 });
    expect(onlyVault()).toMatchObject({ state: 'ready' });
    expect(await list()).toEqual(['MINE']);
  });

  it.each(['linux', 'win32'] as const)(
    'is a matter of macOS: on %s a slow answer asked nobody, and the vault stays ready',
    async (platform) => {
      machine.keychain.promptMs = 4_000;
      await machine.restart({ platform });
      expect(await list()).toEqual(['MINE']);
      await machine.restart({ platform });
      expect(onlyVault()?.state).toBe('ready');
    },
  );

  it('counts per program: another editor has to click once, whatever this one may do', async () => {
    await machine.restart({ interpreter: '/opt/another-editor/node' });
    expect(onlyVault()?.state).toBe('locked');
    await machine.remotes.unlock();
    await machine.restart({ interpreter: '/opt/another-editor/node' });
    expect(onlyVault()?.state).toBe('ready');
    await machine.restart();
    expect(onlyVault()?.state).toBe('ready');
  });

  it.each(['keychain_locked', 'keychain_denied', 'keychain_timeout'] as const)(
    'and ends with %s is left alone until the next click, which tries again',
    async (kind) => {
      await machine.restart();
      machine.keychain.failure = kind;
      await expect(list()).rejects.toMatchObject({ kind });
      expect(onlyVault()).toMatchObject({ state: 'locked', failure: kind });
      const before = reads();
      expect(() => machine.remotes.secrets('datalayer', EDITOR)).toThrow(expect.objectContaining({ kind }));
      expect(reads()).toBe(before);
      machine.keychain.failure = null;
      await machine.remotes.unlock();
      expect(onlyVault()).toMatchObject({ state: 'ready', failure: null });
      expect(await list()).toEqual(['MINE']);
    },
  );

  it('and is gone makes the vault failed, and it recovers by itself when the keychain is back', async () => {
    await machine.restart();
    machine.keychain.available = 'no-secret-service';
    await expect(list()).rejects.toMatchObject({ kind: 'no_keychain' });
    expect(onlyVault()).toMatchObject({ state: 'failed', failure: 'no_keychain' });
    machine.keychain.available = 'available';
    expect(await list()).toEqual(['MINE']);
    expect(onlyVault()).toMatchObject({ state: 'ready', failure: null });
  });

  it('and holds two entries (Linux) is a state with a reason; a new sign-in leads out of it', async () => {
    machine.keychain.add(machine.datalayer.origin, 'access_token', 'another');
    await machine.restart({ platform: 'linux' });
    await expect(list()).rejects.toMatchObject({ kind: 'keychain_ambiguous' });
    expect(onlyVault()).toMatchObject({ state: 'failed', failure: 'keychain_ambiguous' });
    await machine.remotes.signIn({ token: new SecretValue(machine.datalayer.token) });
    expect(onlyVault()).toMatchObject({ state: 'ready', tokenPlace: 'own-entry', failure: null });
    expect(await list()).toEqual(['MINE']);
  });
});

describe('a late answer', () => {
  const reading = () => expect.poll(() => machine.keychain.calls.at(-1)?.call).toBe('get');

  it('of the keychain does not undo a sign-in that was made meanwhile', async () => {
    await machine.restart();
    machine.datalayer.add({ name: 'HERS', value: 'x', owner: 'grace' });
    const release = machine.keychain.hold();
    const listing = list().catch((error: unknown) => error);
    await reading();
    await machine.remotes.signIn({ token: new SecretValue(machine.datalayer.addAccount('grace')) });
    release();
    expect(await listing).toMatchObject({ kind: 'busy' });
    expect(onlyVault()).toMatchObject({ state: 'ready', failure: null, account: { handle: 'grace' } });
    expect(await list()).toEqual(['HERS']);
  });

  it('of a service does not repeat a write under another account', async () => {
    machine.datalayer.fail({ status: 401 }, { method: 'POST', times: 1 });
    cliSignsIn('ada');
    const release = machine.keychain.hold();
    const secret = { name: 'NEW', description: '', type: 'generic', value: new SecretValue('v') };
    const creating = machine.remotes
      .secrets('datalayer', EDITOR)
      .create(secret)
      .catch((error: unknown) => error);
    await reading();
    await machine.remotes.signIn({ token: new SecretValue(machine.datalayer.addAccount('grace')) });
    release();
    expect(await creating).toMatchObject({ kind: 'busy' });
    expect(machine.datalayer.calls('POST', /secrets$/)).toHaveLength(1);
    expect([...machine.datalayer.secrets.values()].map(({ name }) => name)).toEqual(['MINE']);
  });
});

describe('each change of state', () => {
  it('is told to who listens, with a growing revision', async () => {
    const before = onlyVault()?.revision ?? 0;
    machine.changes.length = 0;
    machine.datalayer.revoke(machine.datalayer.token);
    await list().catch(() => undefined);
    expect(machine.changes).toEqual(['datalayer']);
    expect(onlyVault()?.revision).toBeGreaterThan(before);
  });
});

describe('files of another origin', () => {
  it('a newer vaults.json is left alone: no vaults, and a sign-in is refused with a reason', async () => {
    const { writeFile, readFile } = await import('node:fs/promises');
    const file = `${machine.home}/vaults.json`;
    await writeFile(file, '{"format":99}');
    await machine.restart();
    expect(machine.remotes.list()).toEqual([]);
    const token = new SecretValue(machine.datalayer.token);
    await expect(machine.remotes.signIn({ token })).rejects.toMatchObject({ kind: 'newer_vault' });
    expect(machine.remotes.list()).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe('{"format":99}');
  });
});
