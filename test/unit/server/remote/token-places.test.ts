import { SecretValue } from '@datalayer-secrets/shared';
import { beforeEach, describe, expect, it } from 'vitest';
import { CLICKED_MS, UNASKED_MS } from '../../../../server/src/keys/keychain.ts';
import { TokenPlaces } from '../../../../server/src/remote/token-places.ts';
import type { Vault } from '../../../../server/src/vault/types.ts';
import { MemoryKeychain } from './memory-keychain.ts';

const ORIGIN = 'https://prod1.datalayer.run';
const TOKEN = new SecretValue('a.token.for-tests');

/** Just the sealing: the real vault is in the contract tests. */
class Sealing {
  readonly sealedContents = new Map<string, string>();
  sealed(name: string): Promise<Buffer | null> {
    const content = this.sealedContents.get(name);
    return Promise.resolve(content === undefined ? null : Buffer.from(content));
  }
  seal(name: string, content: Buffer | null): Promise<void> {
    if (content) this.sealedContents.set(name, content.toString());
    else this.sealedContents.delete(name);
    return Promise.resolve();
  }
}

const CLICKED = { timeoutMs: CLICKED_MS };
const UNASKED = { timeoutMs: UNASKED_MS };

let keychain: MemoryKeychain;
let sealing: Sealing;
let open: boolean;
let logged: string[];
const placesOn = (platform: NodeJS.Platform) => {
  const local = () => (open ? (sealing as unknown as Vault) : null);
  return new TokenPlaces({
    keychain,
    local,
    platform,
    log: (event, fields) => void logged.push(`${event} ${fields?.code ?? ''}`),
  });
};

beforeEach(() => {
  keychain = new MemoryKeychain();
  sealing = new Sealing();
  open = false;
  logged = [];
});

describe('on macOS and Windows', () => {
  it.each(['darwin', 'win32'] as const)(
    '%s: a token lies in the entry of the Datalayer CLI, so one sign-in serves both',
    async (platform) => {
      expect(await placesOn(platform).keep(ORIGIN, TOKEN, CLICKED)).toBe('shared-entry');
      expect(keychain.entries).toEqual([{ service: ORIGIN, account: 'access_token', secret: TOKEN.expose() }]);
      expect((await placesOn(platform).read('shared-entry', ORIGIN, UNASKED))?.expose()).toBe(TOKEN.expose());
    },
  );

  it('a token of 1,280 characters fits into the keychain of Windows, one of 1,281 is not remembered', async () => {
    expect(await placesOn('win32').keep(ORIGIN, new SecretValue('x'.repeat(1280)), CLICKED)).toBe('shared-entry');
    keychain.entries.length = 0;
    const long = new SecretValue('x'.repeat(1281));
    expect(await placesOn('win32').keep(ORIGIN, long, CLICKED)).toBe('nowhere');
    expect(keychain.entries).toEqual([]);
    expect(await placesOn('darwin').keep(ORIGIN, long, CLICKED)).toBe('shared-entry');
  });
});

describe('on Linux', () => {
  it('the entry of the Datalayer CLI is never created: without one, the token lies in an entry of our own', async () => {
    expect(await placesOn('linux').keep(ORIGIN, TOKEN, CLICKED)).toBe('own-entry');
    expect(keychain.entries).toEqual([{ service: 'datalayer-secrets', account: ORIGIN, secret: TOKEN.expose() }]);
  });

  it('the one entry of the Datalayer CLI is updated', async () => {
    keychain.add(ORIGIN, 'access_token', 'older');
    keychain.add(ORIGIN, 'something else', 'untouched');
    expect(await placesOn('linux').keep(ORIGIN, TOKEN, CLICKED)).toBe('shared-entry');
    expect(keychain.secret(ORIGIN, 'access_token')).toBe(TOKEN.expose());
    expect(keychain.secret(ORIGIN, 'something else')).toBe('untouched');
  });

  it('two entries are neither read nor updated nor deleted', async () => {
    keychain.add(ORIGIN, 'access_token', 'one');
    keychain.add(ORIGIN, 'access_token', 'two');
    const places = placesOn('linux');
    await expect(places.read('shared-entry', ORIGIN, UNASKED)).rejects.toMatchObject({ kind: 'keychain_ambiguous' });
    expect(await places.keep(ORIGIN, TOKEN, CLICKED)).toBe('own-entry');
    await expect(places.remove('shared-entry', ORIGIN, true)).rejects.toMatchObject({ kind: 'keychain_ambiguous' });
    expect(keychain.entries.filter(({ service }) => service === ORIGIN).map(({ secret }) => secret)).toEqual([
      'one',
      'two',
    ]);
    expect(keychain.calls.filter(({ call, service }) => call === 'get' && service === ORIGIN)).toEqual([]);
  });
});

describe('without a keychain', () => {
  beforeEach(() => {
    keychain.available = 'no-session-bus';
  });

  it('the token is sealed in the open local vault, else it is nowhere, and the keychain is not called', async () => {
    const places = placesOn('linux');
    expect(await places.keep(ORIGIN, TOKEN, CLICKED)).toBe('nowhere');
    open = true;
    expect(await places.keep(ORIGIN, TOKEN, CLICKED)).toBe('sealed');
    expect((await places.read('sealed', ORIGIN, UNASKED))?.expose()).toBe(TOKEN.expose());
    expect(await places.sharedEntries(ORIGIN)).toBe(0);
    expect(keychain.calls).toEqual([]);
  });

  it('reading an entry says so; a sealed token of the locked vault says that', async () => {
    const places = placesOn('linux');
    await expect(places.read('own-entry', ORIGIN, UNASKED)).rejects.toMatchObject({ kind: 'no_keychain' });
    await expect(places.read('sealed', ORIGIN, UNASKED)).rejects.toMatchObject({ kind: 'locked' });
  });

  it('a sealed token goes with the sign-out, or is reported as left while the vault is locked', async () => {
    open = true;
    const places = placesOn('linux');
    await places.keep(ORIGIN, TOKEN, CLICKED);
    open = false;
    expect(await places.remove('sealed', ORIGIN, false)).toBe(false);
    expect(sealing.sealedContents.size).toBe(1);
    open = true;
    expect(await places.remove('sealed', ORIGIN, false)).toBe(true);
    expect(sealing.sealedContents.size).toBe(0);
  });
});

describe('a keychain that fails', () => {
  it.each(['keychain_denied', 'keychain_locked', 'keychain_timeout'] as const)(
    'by %s is not fatal for a new sign-in, and the log names no token',
    async (kind) => {
      keychain.failure = kind;
      expect(await placesOn('darwin').keep(ORIGIN, TOKEN, CLICKED)).toBe('nowhere');
      open = true;
      expect(await placesOn('darwin').keep(ORIGIN, TOKEN, CLICKED)).toBe('sealed');
      expect(logged.join()).toContain(kind);
      expect(logged.join()).not.toContain(TOKEN.expose());
    },
  );

  it('by keeping nothing is found out by reading back', async () => {
    keychain.forgetful = true;
    expect(await placesOn('darwin').keep(ORIGIN, TOKEN, CLICKED)).toBe('nowhere');
  });
});
