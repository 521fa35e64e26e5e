import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { SecretsError } from '../../../shared/src/index.ts';
import { Bus, sessionBusSockets } from '../../../server/src/keys/dbus/bus.ts';
import { Keychain } from '../../../server/src/keys/keychain.ts';
import { createVaultKey, openVaultKey } from '../../../server/src/keys/slots.ts';
import { keyringMissing, startKeyring, type Keyring } from '../../fixtures/keyring.ts';
import { longestWait } from '../../fixtures/longest-wait.ts';
import { temporaryFolder } from '../../fixtures/vault.ts';

const run = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '../../..');
/** Python with its `keyring`, the library of Datalayer's own command line; `npm test` brings it. */
const PYTHON = path.join(ROOT, '.tools/jupyter/bin/python');
const UNASKED = { timeoutMs: 5000 };
const CLICKED = { timeoutMs: 60_000 };
const SERVICE = 'https://example.org';
const ACCOUNT = 'access_token';
const missing = process.platform === 'linux' ? keyringMissing() : 'these are tests of Linux';
const withoutPython = missing ?? (existsSync(PYTHON) ? null : 'no Python keyring');

const outcome = (work: Promise<unknown>) =>
  work.then(
    (value) => value,
    (error: unknown) => (error instanceof SecretsError ? error.kind : String(error)),
  );

/** A keychain whose library, when it is loaded, leaves word: a call that never got there is proven so. */
function watched(environment: NodeJS.ProcessEnv): { keychain: Keychain; wasLoaded: () => boolean } {
  const folder = temporaryFolder();
  const mark = path.join(folder, 'loaded');
  const library = path.join(folder, 'library.cjs');
  const real = path.join(ROOT, 'node_modules/@napi-rs/keyring-linux-x64-gnu/keyring.linux-x64-gnu.node');
  writeFileSync(
    library,
    `require('fs').writeFileSync(${JSON.stringify(mark)}, ''); module.exports = require(${JSON.stringify(real)});`,
  );
  const keychain = new Keychain({ environment: { ...environment, NAPI_RS_NATIVE_LIBRARY_PATH: library } });
  return { keychain, wasLoaded: () => existsSync(mark) };
}

/** Processes of ours that still run the keychain's library. */
function keychainProcesses(): string[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('keychain-process');
    } catch {
      return false; // ended meanwhile
    }
  });
}

describe.skipIf(missing !== null)('the keychain, on a real gnome-keyring', () => {
  let keyring: Keyring;
  let keychain: Keychain;
  beforeEach(async () => {
    keyring = await startKeyring();
    keychain = new Keychain({ environment: keyring.env });
  });
  afterEach(() => keyring.stop());

  it('keeps, changes, lists and deletes entries, each by service and account', async () => {
    expect(await keychain.state()).toBe('available');
    expect(await keychain.get(SERVICE, 'a', UNASKED)).toBeNull();
    await keychain.set(SERVICE, 'a', 'first', UNASKED);
    await keychain.set(SERVICE, 'b', 'päss wörd\n\0', UNASKED);
    await keychain.set(SERVICE, 'a', 'second', UNASKED);
    expect(await keychain.get(SERVICE, 'a', UNASKED)).toBe('second');
    expect(await keychain.get(SERVICE, 'b', UNASKED)).toBe('päss wörd\n\0');
    expect((await keychain.find(SERVICE)).sort()).toEqual(['a', 'b']);
    expect(await keychain.find('another service')).toEqual([]);
    expect(await keychain.delete(SERVICE, 'a', UNASKED)).toBe(true);
    expect(await keychain.delete(SERVICE, 'a', UNASKED)).toBe(false);
    expect(await keychain.find(SERVICE)).toEqual(['b']);
    expect(keychainProcesses()).toEqual([]);
  });

  it('holds the key of a vault: set up, opened without a prompt, and not opened once the entry is gone', async () => {
    const home = path.join(temporaryFolder(), 'secrets');
    const { id, key } = await createVaultKey({ home, slot: 'keychain', keychain });
    const again = new Keychain({ environment: keyring.env });
    const opened = await openVaultKey({ home, keychain: again, interactive: false });
    expect(opened).toMatchObject({ id, key, openedBy: 'keychain' });
    expect(opened.ms).toBeGreaterThan(0);
    expect(await keychain.get('datalayer-secrets', id, UNASKED)).not.toContain(key.toString('hex'));
    await keychain.set('datalayer-secrets', id, 'ab'.repeat(32), UNASKED);
    expect(await outcome(openVaultKey({ home, keychain, interactive: false }))).toBe('integrity');
    await keychain.delete('datalayer-secrets', id, UNASKED);
    expect(await outcome(openVaultKey({ home, keychain, interactive: false }))).toBe('no_keychain');
  });

  it('of two that set up a vault at once keeps one entry', async () => {
    const home = path.join(temporaryFolder(), 'secrets');
    const attempts = await Promise.all([1, 2].map(() => outcome(createVaultKey({ home, slot: 'keychain', keychain }))));
    expect(attempts.filter((attempt) => attempt === 'already_set_up')).toHaveLength(1);
    const { id } = await openVaultKey({ home, keychain, interactive: false });
    expect(await keychain.find('datalayer-secrets')).toEqual([id]);
  });

  it('asks the library only when there is something for it', async () => {
    const { keychain: careful, wasLoaded } = watched(keyring.env);
    await careful.state();
    await careful.find(SERVICE);
    expect(await careful.get(SERVICE, ACCOUNT, UNASKED)).toBeNull();
    expect(await careful.delete(SERVICE, ACCOUNT, UNASKED)).toBe(false);
    expect(wasLoaded()).toBe(false);
    await careful.set(SERVICE, ACCOUNT, 'x', UNASKED);
    expect(wasLoaded()).toBe(true);
  });

  it('two entries of one name are ambiguous: neither is read, changed or deleted', async () => {
    await keychain.set(SERVICE, ACCOUNT, 'ours', UNASKED);
    const store = spawn(
      'secret-tool',
      ['store', '--label=twin', 'service', SERVICE, 'username', ACCOUNT, 'twin', 'yes'],
      {
        env: { ...process.env, ...keyring.env },
      },
    );
    store.stdin.end('theirs');
    await once(store, 'close');
    expect(await keychain.find(SERVICE)).toEqual([ACCOUNT, ACCOUNT]);
    expect(await outcome(keychain.get(SERVICE, ACCOUNT, CLICKED))).toBe('keychain_ambiguous');
    expect(await outcome(keychain.set(SERVICE, ACCOUNT, 'x', CLICKED))).toBe('keychain_ambiguous');
    expect(await outcome(keychain.delete(SERVICE, ACCOUNT, CLICKED))).toBe('keychain_ambiguous');
  });

  describe('when it is locked', () => {
    beforeEach(async () => {
      await keychain.set(SERVICE, ACCOUNT, 'x', UNASKED);
      await keyring.lock();
    });

    it('nobody is asked who did not click, and the library is not called', async () => {
      const { keychain: careful, wasLoaded } = watched(keyring.env);
      expect(await careful.state()).toBe('available');
      expect(await careful.find(SERVICE)).toEqual([ACCOUNT]);
      expect(await outcome(careful.get(SERVICE, ACCOUNT, UNASKED))).toBe('keychain_locked');
      expect(await outcome(careful.set(SERVICE, ACCOUNT, 'y', UNASKED))).toBe('keychain_locked');
      expect(await outcome(careful.set(SERVICE, 'new', 'y', UNASKED))).toBe('keychain_locked');
      expect(await outcome(careful.delete(SERVICE, ACCOUNT, UNASKED))).toBe('keychain_locked');
      expect(wasLoaded()).toBe(false);
    });

    it('a click where no prompt can be shown ends at once', async () => {
      expect(await outcome(keychain.get(SERVICE, ACCOUNT, CLICKED))).toBe('keychain_locked');
      expect(await outcome(keychain.set(SERVICE, 'new', 'y', CLICKED))).toBe('keychain_locked');
    });

    describe('and its prompt is never answered', () => {
      let prompter: Bus;
      beforeEach(async () => {
        prompter = await Bus.connect(sessionBusSockets(keyring.env)[0] ?? '', performance.now() + 120_000);
        const bus = 'org.freedesktop.DBus';
        const body = ['org.gnome.keyring.SystemPrompter', 0];
        const call = { destination: bus, path: '/org/freedesktop/DBus', interface: bus, member: 'RequestName' };
        await prompter.call({ ...call, signature: 'su', body });
      });
      afterEach(() => prompter.close());

      it('the call ends when its time is up, others are not held up, and nothing stays behind', async () => {
        const start = performance.now();
        const call = outcome(keychain.get(SERVICE, ACCOUNT, { timeoutMs: 6000 }));
        expect(await longestWait(call)).toBeLessThan(2000);
        expect(await call).toBe('keychain_timeout');
        expect(performance.now() - start).toBeLessThan(12_000);
        await expect.poll(keychainProcesses).toEqual([]);
      });

      it('cancelling ends the call at once', async () => {
        const controller = new AbortController();
        const call = outcome(keychain.get(SERVICE, ACCOUNT, { ...CLICKED, signal: controller.signal }));
        await expect.poll(keychainProcesses, { timeout: 20_000 }).toHaveLength(1);
        controller.abort();
        expect(await call).toBe('cancelled');
        await expect.poll(keychainProcesses).toEqual([]);
        expect(await outcome(keychain.get(SERVICE, ACCOUNT, { ...CLICKED, signal: controller.signal }))).toBe(
          'cancelled',
        );
      });

      it('a program that ends meanwhile ends at once, and takes the waiting process with it', async () => {
        const program = `
          import { Keychain } from ${JSON.stringify(path.join(ROOT, 'server/src/keys/keychain.ts'))};
          import { readdirSync, readFileSync } from 'node:fs';
          new Keychain().get(${JSON.stringify(SERVICE)}, ${JSON.stringify(ACCOUNT)}, { timeoutMs: 60_000 });
          const timer = setInterval(() => {
            const [child] = readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').split(' ');
            if (!child || !readFileSync('/proc/' + child + '/maps', 'utf8').includes('keyring')) return;
            clearInterval(timer);
            setTimeout(() => { console.log(child, Date.now()); process.exit(); }, 300);
          }, 20);`;
        const { stdout } = await run(process.execPath, ['--input-type=module-typescript', '-e', program], {
          env: { ...process.env, ...keyring.env },
          timeout: 60_000,
        });
        const [child, exitedAt] = stdout.trim().split(' ');
        expect(Date.now() - Number(exitedAt)).toBeLessThan(3000);
        await expect.poll(() => existsSync(`/proc/${child}`), { timeout: 5000 }).toBe(false);
      });
    });
  });

  it('that hangs ends in keychain_timeout, holds up nothing, and works again once it is awake', async () => {
    await keychain.set(SERVICE, ACCOUNT, 'x', UNASKED);
    keyring.hang();
    onTestFinished(() => keyring.wake());
    const { keychain: careful, wasLoaded } = watched(keyring.env);
    expect(await careful.state()).toBe('available');
    for (const work of [
      () => careful.get(SERVICE, ACCOUNT, { timeoutMs: 700 }),
      () => careful.set(SERVICE, ACCOUNT, 'y', { timeoutMs: 700 }),
      () => careful.find(SERVICE, { timeoutMs: 700 }),
    ]) {
      const start = performance.now();
      const call = outcome(work());
      expect(await longestWait(call)).toBeLessThan(500);
      expect(await call).toBe('keychain_timeout');
      expect(performance.now() - start).toBeLessThan(3000);
    }
    expect(wasLoaded()).toBe(false);
    keyring.wake();
    expect(await keychain.get(SERVICE, ACCOUNT, UNASKED)).toBe('x');
  });

  it('whose library does not load is a state of its own from then on', async () => {
    const broken = new Keychain({ environment: { ...keyring.env, PATH: '', NODE_OPTIONS: '--no-addons' } });
    expect(await outcome(broken.set(SERVICE, ACCOUNT, 'x', UNASKED))).toBe('no_keychain');
    expect(await broken.state()).toBe('not-loadable');
  });

  describe.skipIf(withoutPython !== null)('beside Python', () => {
    const python = async (code: string) =>
      (await run(PYTHON, ['-c', `import keyring; ${code}`], { env: { ...process.env, ...keyring.env } })).stdout;
    const name = `${JSON.stringify(SERVICE)}, ${JSON.stringify(ACCOUNT)}`;

    it('reads, changes and deletes what Python wrote, and Python reads what was changed', async () => {
      await python(`keyring.set_password(${name}, 'from python ü')`);
      expect(await keychain.find(SERVICE)).toEqual([ACCOUNT]);
      expect(await keychain.get(SERVICE, ACCOUNT, UNASKED)).toBe('from python ü');
      await keychain.set(SERVICE, ACCOUNT, 'from us ü', UNASKED);
      expect(await keychain.find(SERVICE)).toEqual([ACCOUNT]);
      expect(await python(`print(keyring.get_password(${name}), end='')`)).toBe('from us ü');
      await python(`keyring.set_password(${name}, 'python again')`);
      expect(await keychain.find(SERVICE)).toEqual([ACCOUNT]);
      expect(await keychain.get(SERVICE, ACCOUNT, UNASKED)).toBe('python again');
      expect(await keychain.delete(SERVICE, ACCOUNT, UNASKED)).toBe(true);
      expect(await python(`print(keyring.get_password(${name}), end='')`)).toBe('None');
    });

    it('Python deletes what we changed', async () => {
      await python(`keyring.set_password(${name}, 'x')`);
      await keychain.set(SERVICE, ACCOUNT, 'y', UNASKED);
      await python(`keyring.delete_password(${name})`);
      expect(await keychain.get(SERVICE, ACCOUNT, UNASKED)).toBeNull();
    });

    it('an entry that we made gets a second one beside it, which is why tokens that Python shares are never made by us', async () => {
      await keychain.set(SERVICE, ACCOUNT, 'made by us', UNASKED);
      expect(await python(`print(keyring.get_password(${name}), end='')`)).toBe('made by us');
      await python(`keyring.set_password(${name}, 'x')`);
      expect(await keychain.find(SERVICE)).toEqual([ACCOUNT, ACCOUNT]);
      expect(await outcome(keychain.get(SERVICE, ACCOUNT, UNASKED))).toBe('keychain_ambiguous');
    });
  });
});

describe.skipIf(missing !== null)('where no keyring is', () => {
  const everything = (keychain: Keychain) =>
    Promise.all(
      [
        keychain.get(SERVICE, ACCOUNT, CLICKED),
        keychain.set(SERVICE, ACCOUNT, 'x', CLICKED),
        keychain.delete(SERVICE, ACCOUNT, CLICKED),
        keychain.find(SERVICE),
      ].map(outcome),
    );
  const NONE = Array.from({ length: 4 }, () => 'no_keychain');

  it('no bus: says so, and the library is never called', async () => {
    for (const environment of [
      {},
      { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' },
      { XDG_RUNTIME_DIR: temporaryFolder() },
    ]) {
      const { keychain, wasLoaded } = watched(environment);
      expect(await keychain.state()).toBe('no-session-bus');
      expect(await everything(keychain)).toEqual(NONE);
      expect(wasLoaded()).toBe(false);
    }
  });

  it('a bus on which nobody answers for secrets: says so, and the library is never called', async () => {
    const bus = await startKeyring({ secretService: false });
    onTestFinished(() => bus.stop());
    const { keychain, wasLoaded } = watched(bus.env);
    expect(await keychain.state()).toBe('no-secret-service');
    expect(await everything(keychain)).toEqual(NONE);
    expect(wasLoaded()).toBe(false);
  });

  it.each([
    ['says nothing', () => undefined],
    ['hangs up', (socket: Socket) => socket.destroy()],
    ['refuses us', (socket: Socket) => socket.write('REJECTED EXTERNAL\r\n')],
    ['talks nonsense', (socket: Socket) => socket.write(`OK 1234\r\n${'\xff'.repeat(200)}`)],
  ])('a bus that %s is no bus, within seconds', async (_, answer) => {
    const socketPath = path.join(temporaryFolder(), 'bus');
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).once('data', () => answer(socket));
    }).listen(socketPath);
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await once(server, 'listening');
    const { keychain, wasLoaded } = watched({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${socketPath}` });
    expect(await keychain.state()).toBe('no-session-bus');
    expect(await outcome(keychain.get(SERVICE, ACCOUNT, UNASKED))).toBe('no_keychain');
    expect(wasLoaded()).toBe(false);
  });

  it('a bus at an abstract address is found', async () => {
    const daemon = spawn('dbus-daemon', [
      '--session',
      '--nofork',
      '--print-address=1',
      `--address=unix:abstract=/tmp/test-${process.pid}`,
    ]);
    onTestFinished(() => void daemon.kill('SIGKILL'));
    const [address] = (await once(daemon.stdout, 'data')) as [Buffer];
    const environment = { DBUS_SESSION_BUS_ADDRESS: address.toString().trim() };
    expect(environment.DBUS_SESSION_BUS_ADDRESS).toContain('abstract');
    // The desktop's own configuration may be able to start a keyring; asking for the state must not.
    expect(['no-secret-service', 'available']).toContain(await new Keychain({ environment }).state());
    expect(readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, 'utf8')).toBe('');
  });

  it('a system that is none of the three has none', async () => {
    const keychain = new Keychain({ environment: {}, platform: 'freebsd' });
    expect(await keychain.state()).toBe('unsupported');
    expect(await everything(keychain)).toEqual(NONE);
  });
});
