import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { SecretValue } from '@datalayer-secrets/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Keychain } from '../../../server/src/keys/keychain.ts';
import { keyringMissing, startKeyring, type Keyring } from '../../fixtures/keyring.ts';
import { EDITOR, Machine } from './remote-parts.ts';

const run = promisify(execFile);
/** Python with `keyring`, the library by which Datalayer's own CLI keeps its sign-in; `npm test` brings it. */
const PYTHON = resolve(import.meta.dirname, '../../../.tools/jupyter/bin/python');
const missing = keyringMissing() ?? (existsSync(PYTHON) ? null : 'no Python keyring');

/** One call as Datalayer's CLI makes it; prints the password, or nothing where there is none. */
const SCRIPT = `
import sys, keyring
call, *arguments = sys.argv[1:]
if call == "set": keyring.set_password(*arguments, sys.stdin.read())
elif call == "delete": keyring.delete_password(*arguments)
else: print(keyring.get_password(*arguments) or "", end="")
`;

describe.skipIf(missing !== null || process.platform !== 'linux')(
  'beside the Datalayer CLI, on one gnome-keyring',
  () => {
    let keyring: Keyring;
    let machine: Machine;

    const start = () => machine.restart({ keychain: new Keychain({ environment: keyring.env }), platform: 'linux' });
    beforeEach(async () => {
      keyring = await startKeyring();
      machine = await Machine.start();
      machine.datalayer.add({ name: 'MINE', value: 'x' });
      await start();
    }, 60_000);
    afterEach(async () => {
      await machine.end();
      await keyring.stop();
    });

    /** What `datalayer login` (set), `logout` (delete) and every command (get) do. */
    const cli = async (
      call: 'get' | 'set' | 'delete',
      token = '',
      service = machine.datalayer.origin,
    ): Promise<string> => {
      const python = run(PYTHON, ['-c', SCRIPT, call, service, 'access_token'], {
        env: { ...process.env, ...keyring.env },
      });
      python.child.stdin?.end(token);
      return (await python).stdout;
    };
    const onlyVault = () => machine.remotes.list()[0];
    const list = async () => (await machine.remotes.secrets('datalayer', EDITOR).list()).map(({ name }) => name);

    it('its sign-in is offered, taken over and found again after a restart', async () => {
      expect(await machine.remotes.offers()).toEqual([]);
      await cli('set', machine.datalayer.token);
      expect(await machine.remotes.offers()).toEqual([{ origin: machine.datalayer.origin, source: 'datalayer-cli' }]);
      await machine.remotes.signIn({ source: 'datalayer-cli' });
      expect(onlyVault()).toMatchObject({ state: 'ready', tokenPlace: 'shared-entry', account: { handle: 'ada' } });
      await start();
      expect(await list()).toEqual(['MINE']);
    });

    it('its one entry is updated by our sign-in, and it goes on with that', async () => {
      await cli('set', 'an older token');
      await machine.remotes.signIn({ token: new SecretValue(machine.datalayer.token) });
      expect(onlyVault()?.tokenPlace).toBe('shared-entry');
      expect(await cli('get')).toBe(machine.datalayer.token);
      const newer = machine.datalayer.addAccount('ada');
      await cli('set', newer);
      expect(await cli('get')).toBe(newer);
      await start();
      expect(await list()).toEqual(['MINE']);
      expect(await machine.remotes.offers()).toEqual([]);
    });

    it('without a sign-in of its own, ours lies apart and does not confuse a later one', async () => {
      await machine.remotes.signIn({ token: new SecretValue(machine.datalayer.token) });
      expect(onlyVault()?.tokenPlace).toBe('own-entry');
      expect(await cli('get')).toBe('');
      await cli('set', machine.datalayer.addAccount('grace'));
      await start();
      expect(onlyVault()).toMatchObject({ account: { handle: 'ada' } });
      expect(await list()).toEqual(['MINE']);
      await machine.remotes.signOut('datalayer');
      expect(await machine.remotes.offers()).toHaveLength(1);
      await machine.remotes.signIn({ source: 'datalayer-cli' });
      expect(onlyVault()).toMatchObject({ tokenPlace: 'shared-entry', account: { handle: 'grace' } });
    });

    it('it is signed out by our second choice, and only by that', async () => {
      await cli('set', machine.datalayer.token);
      await machine.remotes.signIn({ source: 'datalayer-cli' });
      await machine.remotes.signOut('datalayer');
      expect(await cli('get')).toBe(machine.datalayer.token);
      await machine.remotes.signIn({ source: 'datalayer-cli' });
      await machine.remotes.signOut('datalayer', { sharedEntryToo: true });
      expect(await cli('get')).toBe('');
    });

    it('when it signs out, our vault is signed out at the next start', async () => {
      await cli('set', machine.datalayer.token);
      await machine.remotes.signIn({ source: 'datalayer-cli' });
      await cli('delete');
      await start();
      await expect(list()).rejects.toMatchObject({ kind: 'unauthenticated' });
      expect(onlyVault()).toMatchObject({ state: 'signed-out', failure: 'unauthenticated' });
    });

    it('two entries of that name, as they come about when another program makes one first, are left alone', async () => {
      const keychain = new Keychain({ environment: keyring.env });
      const { origin, token } = machine.datalayer;
      await keychain.set(origin, 'access_token', 'made by another program', { timeoutMs: 5_000 });
      await cli('set', 'made by the CLI');
      expect(await keychain.find(origin)).toEqual(['access_token', 'access_token']);
      await expect(machine.remotes.signIn({ source: 'datalayer-cli' })).rejects.toMatchObject({
        kind: 'keychain_ambiguous',
      });
      await machine.remotes.signIn({ token: new SecretValue(token) });
      expect(onlyVault()).toMatchObject({ state: 'ready', tokenPlace: 'own-entry' });
      expect(await keychain.find(origin)).toEqual(['access_token', 'access_token']);
    });

    it('a locked keyring is not prompted for: the vault is locked, and offers still come', async () => {
      await machine.remotes.signIn({ token: new SecretValue(machine.datalayer.token) });
      await cli('set', machine.datalayer.token, 'https://prod1.datalayer.run');
      await keyring.lock();
      await machine.restart({
        keychain: new Keychain({ environment: keyring.env }),
        platform: 'linux',
        environment: { DATALAYER_IAM_URL: 'https://prod1.datalayer.run' },
      });
      const id = onlyVault()?.id ?? '';
      await expect(machine.remotes.secrets(id, EDITOR).list()).rejects.toMatchObject({ kind: 'keychain_locked' });
      expect(onlyVault()).toMatchObject({ state: 'locked', failure: 'keychain_locked' });
      expect(await machine.remotes.offers()).toEqual([
        { origin: 'https://prod1.datalayer.run', source: 'datalayer-cli' },
      ]);
    });

    it('a keyring that hangs costs a second for the offers and ends in a state with a reason', async () => {
      await machine.remotes.signIn({ token: new SecretValue(machine.datalayer.token) });
      await start();
      keyring.hang();
      const started = performance.now();
      expect(await machine.remotes.offers()).toEqual([]);
      expect(performance.now() - started).toBeLessThan(3_000);
      await expect(list()).rejects.toMatchObject({ kind: 'keychain_timeout' });
      expect(onlyVault()).toMatchObject({ state: 'locked', failure: 'keychain_timeout' });
      keyring.wake();
      await machine.remotes.unlock();
      expect(await list()).toEqual(['MINE']);
    });
  },
);
