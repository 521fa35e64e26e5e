import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SecretsError } from '../../../shared/src/errors.ts';
import { readEvents } from '../../../shared/src/events.ts';
import { SecretValue } from '../../../shared/src/secret.ts';
import { ServiceClient } from '../../../shared/src/service-client.ts';
import { json, listening, type Answerer } from './listening.ts';

// prettier-ignore
const STATUS = {
  version: '0.1.0', protocol: 1, host: 'laptop', pid: 42, state: 'open', slots: ['keychain', 'passphrase'], openedBy: 'keychain',
  keychain: 'available', quietUnlock: true,
};
const ACCOUNT = { uid: 'u', handle: 'ada', email: null };
// prettier-ignore
const VAULT = {
  id: 'datalayer', kind: 'datalayer', label: 'Datalayer', origin: 'https://prod1.datalayer.run', state: 'ready', account: ACCOUNT,
  tokenPlace: 'shared-entry', failure: null, revision: 3,
};

async function serving(answer: Answerer) {
  const service = await listening(answer);
  return { client: new ServiceClient({ origin: service.origin, token: 't' }), ...service };
}

describe('the state of the service', () => {
  it('is told by every call that can change it', async () => {
    const { client, asked } = await serving((_, response) => json(response, 200, { success: true, status: STATUS }));
    const passphrase = new SecretValue('pass');
    for (const status of [
      await client.status(),
      await client.setup({ slot: 'passphrase', passphrase }),
      await client.setup({ slot: 'file', keyFile: '/k' }),
      await client.unlock({ interactive: false }),
      await client.unlock({ slot: 'passphrase', passphrase, interactive: true }),
      await client.lock(),
      await client.setPassphrase(passphrase),
    ]) {
      expect(status).toEqual(STATUS);
    }
    expect(asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/api/vault/v1/status', undefined],
      ['POST', '/api/vault/v1/setup', { slot: 'passphrase', passphrase: 'pass' }],
      ['POST', '/api/vault/v1/setup', { slot: 'file', keyFile: '/k' }],
      ['POST', '/api/vault/v1/unlock', { interactive: false }],
      ['POST', '/api/vault/v1/unlock', { slot: 'passphrase', passphrase: 'pass', interactive: true }],
      ['POST', '/api/vault/v1/lock', {}],
      ['PUT', '/api/vault/v1/slots/passphrase', { passphrase: 'pass' }],
    ]);
  });

  it.each([
    [2, 'too_new'],
    [0, 'too_old'],
  ])('of protocol %i is not taken for one that is understood', async (protocol, kind) => {
    const { client } = await serving((_, response) => json(response, 200, { status: { ...STATUS, protocol } }));
    await expect(client.status()).rejects.toMatchObject({ kind });
  });

  it('is understood where a newer service of the same protocol says more', async () => {
    const { client } = await serving((_, response) =>
      json(response, 200, {
        status: { ...STATUS, keychain: 'frozen', openedBy: 'recovery', slots: ['recovery'], more: {} },
      }),
    );
    expect(await client.status()).toEqual({ ...STATUS, keychain: 'unsupported', openedBy: null, slots: [] });
  });
});

describe('vaults', () => {
  it('are listed with what one could sign in with', async () => {
    const offers = [{ origin: 'https://prod1.datalayer.run', source: 'environment' }];
    const { client } = await serving((_, response) => json(response, 200, { vaults: [VAULT], offers }));
    expect(await client.vaults()).toEqual({ vaults: [VAULT], offers });
  });

  it('are added and removed', async () => {
    const { client, asked } = await serving(({ body }, response) =>
      json(response, 201, { vault: (body as { check?: boolean } | undefined)?.check ? null : VAULT, account: ACCOUNT }),
    );
    const token = new SecretValue('remote-token');
    expect(await client.signIn({ origin: 'https://x', token, remember: false })).toEqual({
      vault: VAULT,
      account: ACCOUNT,
    });
    expect(await client.signIn({ source: 'datalayer-cli', check: true })).toEqual({ vault: null, account: ACCOUNT });
    await client.signOut('datalayer');
    await client.signOut('datalayer', { sharedEntryToo: true });
    expect(asked.map(({ method, path, headers, body }) => [method, path, headers['x-shared-entry'], body])).toEqual([
      ['POST', '/api/vault/v1/vaults', undefined, { origin: 'https://x', token: 'remote-token', remember: false }],
      ['POST', '/api/vault/v1/vaults', undefined, { source: 'datalayer-cli', check: true }],
      ['DELETE', '/api/vault/v1/vaults/datalayer', undefined, undefined],
      ['DELETE', '/api/vault/v1/vaults/datalayer', 'delete', undefined],
    ]);
  });

  it('have their secrets under their own path', async () => {
    const { client, asked } = await serving((_, response) => json(response, 200, { secrets: [] }));
    await client.secrets('r-0123abcd').list();
    expect(asked[0]).toMatchObject({
      path: '/vaults/r-0123abcd/api/iam/v1/secrets',
      headers: { authorization: 'Bearer t' },
    });
  });

  it.each(['..', 'a/b', '', 'LOCAL', 'x'.repeat(33)])('are never asked for as %j', async (id) => {
    const { client, asked } = await serving((_, response) => json(response, 200, {}));
    expect(() => client.secrets(id)).toThrow(expect.objectContaining({ kind: 'not_found' }));
    await expect(client.signOut(id)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(client.audit(id)).rejects.toMatchObject({ kind: 'not_found' });
    expect(asked).toEqual([]);
  });

  it('show their audit trail a page at a time, and whether it is whole', async () => {
    const event = {
      seq: 7,
      at: '2026-11-24T05:00:00Z',
      label: 'VS Code',
      scope: 'full',
      action: 'reveal',
      uid: 'u',
      name: 'A',
      outcome: 'ok',
      detail: null,
    };
    let whole = true;
    const { client, asked } = await serving(({ path }, response) =>
      json(
        response,
        200,
        path.endsWith('verify') ? { whole, ...(whole ? {} : { seq: 7, reason: 'hash' }) } : { events: [event] },
      ),
    );
    expect(await client.audit('local', { limit: 10, before: 8 })).toEqual([event]);
    expect(asked[0]?.path).toBe('/vaults/local/api/vault/v1/audit?limit=10&before=8');
    expect(await client.verifyAudit('local')).toBeNull();
    whole = false;
    expect(await client.verifyAudit('local')).toEqual({ seq: 7, reason: 'hash' });
  });
});

describe('leaving and stopping', () => {
  it('are one request each', async () => {
    const { client, asked } = await serving((_, response) =>
      json(response, 200, { success: true, stopping: asked.length < 3 }),
    );
    await client.leave();
    expect(await client.stop()).toBe(true);
    expect(await client.stop({ replacement: true })).toBe(false);
    expect(asked.map(({ path, body }) => [path, body])).toEqual([
      ['/api/vault/v1/leave', {}],
      ['/api/vault/v1/stop', {}],
      ['/api/vault/v1/stop', { replacement: true }],
    ]);
  });
});

describe('changes', () => {
  const HEAD = { 'content-type': 'text/event-stream' };

  it('come one by one while the stream is open, however it is cut', async () => {
    const text =
      ': hello\r\n\r\ndata: {"vault":"local","revision":1}\r\n\r\nevent: x\nid: 7\ndata: {"vault":"local",\ndata: "revision":2}\n\ndata: nonsense\n\ndata: {"other":1}\n\ndata:{"vault":"é","revision":3}\n\ndata: {"vault":"cut';
    const bytes = Buffer.from(text);
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const { client } = await serving(async (_, response) => {
        response.writeHead(200, HEAD);
        for (let at = 0; at < bytes.length; at += size) {
          response.write(bytes.subarray(at, at + size));
          if (size > 1) await after(1);
        }
        response.end();
      });
      const seen: unknown[] = [];
      for await (const change of client.changes({ signal: new AbortController().signal })) seen.push(change);
      expect(seen).toEqual([
        { vault: 'local', revision: 1 },
        { vault: 'local', revision: 2 },
        { vault: 'é', revision: 3 },
      ]);
    }
  });

  it('end quietly when the caller aborts', async () => {
    const { client, server } = await serving(
      (_, response) => void response.writeHead(200, HEAD).write('data: {"vault":"local","revision":1}\n\n'),
    );
    const controller = new AbortController();
    const seen: unknown[] = [];
    for await (const change of client.changes({ signal: controller.signal })) {
      seen.push(change);
      controller.abort();
    }
    expect(seen).toHaveLength(1);
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
  });

  it('let go of the connection when the caller has seen enough', async () => {
    const { client, server } = await serving(
      (_, response) => void response.writeHead(200, HEAD).write('data: {"vault":"local","revision":1}\n\n'),
    );
    for await (const change of client.changes({ signal: new AbortController().signal })) {
      expect(change.revision).toBe(1);
      break;
    }
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
  });

  it('fail when the connection breaks', async () => {
    const { client } = await serving((_, response) => {
      response.writeHead(200, HEAD).write('data: {"vault":"local","revision":1}\n\n');
      setTimeout(() => response.destroy(), 20);
    });
    const follow = async () => {
      for await (const change of client.changes({ signal: new AbortController().signal }))
        expect(change.revision).toBe(1);
    };
    await expect(follow()).rejects.toMatchObject({ kind: 'offline' });
  });

  it.each([
    [401, 'application/json', 'unauthenticated'],
    [200, 'application/json', 'protocol'],
  ])('fail when the answer is no stream: %i %s', async (status, type, kind) => {
    const { client } = await serving((_, response) => response.writeHead(status, { 'content-type': type }).end('{}'));
    await expect(client.changes({ signal: new AbortController().signal }).next()).rejects.toMatchObject({ kind });
  });

  it('count as lost when not even a comment comes', async () => {
    const stream = new ReadableStream<Uint8Array>({
      async start(controller) {
        for (let at = 0; at < 3; at++) {
          await after(30);
          controller.enqueue(Buffer.from(': still here\n\n'));
        }
      },
    });
    const before = performance.now();
    const error = await readEvents(stream, 200)
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SecretsError);
    expect(error).toMatchObject({ kind: 'offline', details: { reason: 'silent' } });
    expect(performance.now() - before).toBeGreaterThan(280);
  });

  it('fail at a line without end instead of keeping all of it', async () => {
    let sent = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1024).fill((sent++, 97))),
    });
    await expect(readEvents(stream, 1000).next()).rejects.toMatchObject({ kind: 'protocol' });
    expect(sent).toBeLessThan(100);
  });
});
