import http, { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLoopbackFetch } from '../../../loopback/src/index.ts';
import { helloProof } from '../../../shared/src/hello.ts';
import { SecretsClient } from '../../../shared/src/client.ts';
import { SecretValue } from '../../../shared/src/secret.ts';
import { ServiceClient } from '../../../shared/src/service-client.ts';
import { httpText, proving, squatting, TOKEN } from './proving.ts';

const CANARY = 'canary-7c1d';
const POST = {
  method: 'POST',
  headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
  body: JSON.stringify({ value: CANARY }),
};
const GET = { headers: { authorization: `Bearer ${TOKEN}` } };

/** A loopback fetch that is closed with the test. */
function fetching(port: number, token = TOKEN) {
  const fetch = createLoopbackFetch({ port, token });
  onTestFinished(() => fetch.close());
  return fetch;
}

const nonceIn = (received: string) => /nonce=([\w-]+)/.exec(received)?.[1] ?? '';

describe('a request to the service', () => {
  it('arrives as it was given, and its answer is a web response', async () => {
    const { port, url, seen } = await proving((_, response, body) => {
      response.writeHead(201, 'Made', { 'content-type': 'application/json', 'x-thing': 'a' }).end(body);
    });
    const response = await fetching(port)(`${url}/vaults/local/api?x=%2F#part`, POST);
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.ok, response.headers.get('x-thing')]).toEqual([201, true, 'a']);
    expect(await response.json()).toEqual({ value: CANARY });
    expect(seen.asked).toEqual([`POST /vaults/local/api?x=%2F Bearer ${TOKEN} {"value":"${CANARY}"}`]);
  });

  it('names the service by number and port, whatever the caller says', async () => {
    const hosts: (string | undefined)[] = [];
    const { port, url } = await proving((request, response) => {
      hosts.push(request.headers.host);
      response.end();
    });
    const fetch = fetching(port);
    await fetch(`${url}/`, { headers: { host: 'evil.example' } });
    await fetch(`${url}/`, { headers: new Headers({ accept: 'x' }) });
    expect(hosts).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${port}`]);
  });

  it.each([
    'http://127.0.0.1:1/',
    'http://localhost:PORT/',
    'https://127.0.0.1:PORT/',
    'http://127.0.0.1:PORT@evil.example/',
    'http://127.0.0.1:PORT',
  ])('goes nowhere else: %s', async (url) => {
    const { port, seen } = await proving();
    await expect(fetching(port)(url.replace('PORT', String(port)), GET)).rejects.toMatchObject({ kind: 'invalid' });
    expect(seen.sockets).toBe(0);
  });

  it('does not follow a redirect', async () => {
    const other = await squatting(() => undefined);
    const { port, url } = await proving((_, response) => response.writeHead(307, { location: other.url }).end('{}'));
    await expect(fetching(port)(`${url}/`, POST)).rejects.toMatchObject({ kind: 'redirect' });
    expect(other.seen.connections).toBe(0);
  });

  it.each([0, 1, 65_536, 1 << 20, (1 << 20) + 1, 5_000_000])(
    'brings an answer of %i bytes whole, announced or not',
    async (size) => {
      const body = Buffer.alloc(size, 'abc');
      const { port, url } = await proving((request, response) => {
        response.writeHead(200, request.url === '/announced' ? { 'content-length': size } : {}).end(body);
      });
      const fetch = fetching(port);
      for (const path of ['/announced', '/chunked']) {
        const answer = Buffer.from(await (await fetch(url + path, GET)).arrayBuffer());
        expect(answer.equals(body)).toBe(true);
      }
    },
  );

  it('may be answered without a body', async () => {
    const { port, url } = await proving((_, response) => response.writeHead(204).end());
    const response = await fetching(port)(`${url}/`, { method: 'DELETE' });
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('fails as it breaks', async () => {
    const { port, url } = await proving((request, response) => {
      if (request.url === '/body') response.writeHead(200, { 'content-length': 100 }).write('x');
      setTimeout(() => response.destroy(), 10);
    });
    await expect(fetching(port)(`${url}/`, GET)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(fetching(port)(`${url}/body`, GET)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('is offline when nothing listens', async () => {
    const { port, url, stop } = await proving();
    await stop();
    await expect(fetching(port)(`${url}/`, POST)).rejects.toMatchObject({ kind: 'offline' });
  });
});

describe('connections', () => {
  it('are asked for their proof once, and then kept', async () => {
    const { port, url, seen } = await proving();
    const fetch = fetching(port);
    for (let at = 0; at < 50; at++) await (await fetch(`${url}/${at}`, at % 2 ? GET : POST)).text();
    expect(seen).toMatchObject({ hellos: 1, sockets: 1 });
    expect(seen.asked).toHaveLength(50);
  });

  it('are each asked, when 16 requests come at once, and each answer is that of its request', async () => {
    const { port, url, seen } = await proving(async (request, response) => {
      await after(Math.random() * 20);
      response.end(request.url);
    });
    const fetch = fetching(port);
    for (let round = 0; round < 5; round++) {
      const paths = Array.from({ length: 16 }, (_, at) => `/${round}-${at}`);
      const answers = await Promise.all(paths.map(async (path) => (await fetch(url + path, POST)).text()));
      expect(answers).toEqual(paths);
    }
    expect(seen.asked).toHaveLength(80);
    expect(seen.hellos).toBe(seen.sockets);
    expect(seen.sockets).toBeLessThanOrEqual(32);
  });

  it('of a client that is closed end, and no more are made', async () => {
    const { port, url, server } = await proving((request, response) => {
      if (request.url !== '/hangs') response.end('{}');
    });
    const fetch = fetching(port);
    await (await fetch(`${url}/`, GET)).text();
    const hanging = expect(fetch(`${url}/hangs`, GET)).rejects.toThrow();
    await after(50);
    fetch.close();
    await hanging;
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
    await expect(fetch(`${url}/`, GET)).rejects.toMatchObject({ kind: 'offline' });
  });

  it('do not keep a process alive', async () => {
    const { port, url } = await proving();
    const fetch = fetching(port);
    await (await fetch(`${url}/`, GET)).text();
    await after(10);
    const active = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap');
    // What is left is the service's end, in this same process.
    expect(active.length).toBeLessThanOrEqual(1);
  });
});

describe('an abort', () => {
  it('before the request sends nothing', async () => {
    const { port, url, seen } = await proving();
    await expect(fetching(port)(`${url}/`, { ...POST, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(seen.sockets).toBe(0);
  });

  it('while the proof is awaited sends nothing', async () => {
    const { seen, port, url } = await squatting(() => undefined);
    const controller = new AbortController();
    const request = expect(fetching(port)(`${url}/`, { ...POST, signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect.poll(() => seen.bytes).not.toBe('');
    controller.abort();
    await request;
    expect(seen.bytes).not.toContain(TOKEN);
  });

  it('ends a request under way and the stream of an answer', async () => {
    const { port, url, server } = await proving((request, response) => {
      if (request.url === '/stream') response.writeHead(200).write('first');
    });
    const fetch = fetching(port);
    for (const path of ['/', '/stream']) {
      const controller = new AbortController();
      const read = async () => (await fetch(url + path, { ...GET, signal: controller.signal })).text();
      const ended = expect(read()).rejects.toThrow();
      await after(50);
      controller.abort();
      await ended;
    }
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
  });
});

describe('a stream', () => {
  it('is read while it comes, and ends with its server', async () => {
    const { port, url, stop } = await proving((_, response) => {
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .write('data: {"vault":"local","revision":1}\n\n');
    });
    const client = new ServiceClient({ origin: url, token: TOKEN, fetch: fetching(port) });
    const changes = client.changes({ signal: new AbortController().signal });
    expect((await changes.next()).value).toEqual({ vault: 'local', revision: 1 });
    const next = expect(changes.next()).rejects.toMatchObject({ kind: 'offline' });
    await stop();
    await next;
  });

  it('leaves room for other requests', async () => {
    const { port, url } = await proving((request, response) => {
      if (request.url === '/stream') response.writeHead(200).write('x');
      else response.end('{}');
    });
    const fetch = fetching(port);
    const streams = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/stream`, GET)));
    expect((await fetch(`${url}/`, GET)).status).toBe(200);
    await Promise.all(streams.map(async (stream) => stream.body?.cancel()));
  });
});

describe('a foreign program on the port', () => {
  const answers: [string, (received: string) => string][] = [
    ['answers like any web server', () => httpText('200 OK', '<html></html>')],
    ['answers 401', () => httpText('401 Unauthorized', '{}')],
    ['answers 500', () => httpText('500 Oops', '{}')],
    ['redirects', () => httpText('302 Found', '', ['location: /x'])],
    ['makes up a proof', () => httpText('200 OK', JSON.stringify({ proof: 'ab'.repeat(32), port: 1, pid: 1 }))],
    ['sends an empty proof', () => httpText('200 OK', JSON.stringify({ proof: '', port: 1, pid: 1 }))],
    ['sends a proof of another type', () => httpText('200 OK', JSON.stringify({ proof: { length: 64 }, pid: 1 }))],
    ['sends no process id', () => httpText('200 OK', JSON.stringify({ proof: 'ab'.repeat(32) }))],
    ['sends JSON that is none', () => httpText('200 OK', '{"proof":')],
    ['repeats the question', (received) => received],
    ['speaks something else', () => 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['speaks TLS', () => '\x15\x03\x01\x00\x02\x02\x50'],
    ['announces no length', () => 'HTTP/1.1 200 OK\r\n\r\n{}'],
    ['announces too much', () => 'HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n{}'],
    ['never ends its head', () => 'HTTP/1.1 200 OK\r\n' + 'x: y\r\n'.repeat(2000)],
  ];

  it.each(answers)('that %s gets neither bearer nor body', async (_, answer) => {
    const { seen, port, url } = await squatting((received, socket) => socket.write(answer(received)));
    await expect(fetching(port)(`${url}/path-canary`, POST)).rejects.toMatchObject({ kind: 'impostor' });
    await after(20);
    expect(seen.bytes).toMatch(
      /^GET \/hello\?nonce=[\w-]{32}&client=[\w-]{22} HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\naccept: application\/json\r\n\r\n$/,
    );
    for (const secret of [TOKEN, CANARY, 'Bearer', 'path-canary']) expect(seen.bytes).not.toContain(secret);
  });

  it('that says nothing is given up after ten seconds', async () => {
    const { seen, port, url } = await squatting(() => undefined);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const request = expect(fetching(port)(`${url}/`, POST)).rejects.toMatchObject({
      kind: 'timeout',
      details: { seconds: 10 },
    });
    while (seen.bytes === '') await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(10_000);
    await request;
    expect(seen.bytes).not.toContain(TOKEN);
  });

  it('that hangs up gets nothing more', async () => {
    const { seen, port, url } = await squatting((_, socket) => socket.end());
    await expect(fetching(port)(`${url}/`, POST)).rejects.toMatchObject({ kind: 'offline' });
    expect(seen.bytes).not.toContain(TOKEN);
  });

  it('that knows the token, but sends more than the answer, is not believed', async () => {
    const { seen, port, url } = await squatting((received, socket) => {
      void helloProof(TOKEN, nonceIn(received), port, 1).then((proof) =>
        socket.write(httpText('200 OK', JSON.stringify({ proof, pid: 1 })) + 'HTTP/1.1 200 OK'),
      );
    });
    await expect(fetching(port)(`${url}/`, POST)).rejects.toMatchObject({ kind: 'impostor' });
    expect(seen.bytes).not.toContain(CANARY);
  });

  it('that passes the question on to the real service on its own port fails', async () => {
    const real = await proving();
    const relay = await squatting((received, socket) => {
      const query = /\?(\S+)/.exec(received)?.[1] ?? '';
      void fetch(`${real.url}/hello?${query}`)
        .then((response) => response.json())
        .then((hello: object) => socket.write(httpText('200 OK', JSON.stringify({ ...hello, port: relay.port }))));
    });
    await expect(fetching(relay.port)(`${relay.url}/`, POST)).rejects.toMatchObject({ kind: 'impostor' });
    expect(real.seen.hellos).toBe(1);
    expect(relay.seen.bytes).not.toContain(TOKEN);
    expect(relay.seen.bytes).not.toContain(CANARY);
  });

  it('that repeats an older proof fails', async () => {
    const proof = await helloProof(TOKEN, 'A'.repeat(32), 1, 1);
    const { port, url } = await squatting((_, socket) =>
      socket.write(httpText('200 OK', JSON.stringify({ proof, pid: 1 }))),
    );
    await expect(fetching(port)(`${url}/`, POST)).rejects.toMatchObject({ kind: 'impostor' });
  });

  it('that is a service of another start, with other tokens, gets nothing', async () => {
    const { port, url, seen } = await proving(undefined, { token: 'another' });
    await expect(fetching(port)(`${url}/`, POST)).rejects.toMatchObject({ kind: 'impostor' });
    expect(seen.asked).toEqual([]);
  });

  it('gets nothing when it takes the port between two requests of one client', async () => {
    const real = await proving();
    const client = new SecretsClient({ origin: real.url, token: TOKEN, fetch: fetching(real.port) });
    await client.delete('first');
    await real.stop();
    const squatter = await squatting((_, socket) => socket.write(httpText('200 OK', '{"success":true}')), real.port);
    const secret = { name: 'name-canary', description: '', type: 'key', value: new SecretValue(CANARY) };
    for (let at = 0; at < 3; at++)
      await expect(client.create(secret)).rejects.toMatchObject({
        kind: expect.stringMatching(/^(impostor|offline)$/) as string,
      });
    await expect(client.list()).rejects.toMatchObject({ kind: 'impostor' });
    expect(squatter.seen.connections).toBeGreaterThan(0);
    for (const word of [TOKEN, CANARY, 'name-canary', 'Bearer']) expect(squatter.seen.bytes).not.toContain(word);
    expect(real.seen.asked).toHaveLength(1);
  });

  it('gets nothing when it takes the port while 16 requests are waiting', async () => {
    const real = await proving(() => undefined);
    const fetch = fetching(real.port);
    const waiting = Array.from({ length: 16 }, () => fetch(`${real.url}/`, POST).catch((error: unknown) => error));
    await expect.poll(() => real.seen.asked.length).toBe(16);
    await real.stop();
    const squatter = await squatting((_, socket) => socket.write(httpText('200 OK', '{}')), real.port);
    for (const outcome of await Promise.all(waiting)) expect(outcome).toBeInstanceOf(Error);
    await expect(fetch(`${real.url}/`, POST)).rejects.toMatchObject({ kind: 'impostor' });
    expect(squatter.seen.bytes).not.toContain(TOKEN);
  });

  it('does not stand in the way once the service is back on its port', async () => {
    const first = await proving();
    const fetch = fetching(first.port);
    await (await fetch(`${first.url}/`, GET)).text();
    await first.stop();
    await expect(fetch(`${first.url}/`, GET)).rejects.toThrow();
    const second = await proving(undefined, { port: first.port });
    expect((await fetch(`${first.url}/`, GET)).status).toBe(200);
    expect(second.seen.hellos).toBe(1);
  });
});

describe('proxies', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** A proxy that notes whoever calls. */
  async function recording() {
    const calls: string[] = [];
    const server = createServer((request, response) => {
      calls.push(request.url ?? '');
      response.end();
    });
    server.on('connect', (request, socket) => {
      calls.push(request.url ?? '');
      socket.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it('in the environment are never contacted', async () => {
    const proxy = await recording();
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])
      vi.stubEnv(name, proxy.url);
    vi.stubEnv('NO_PROXY', '');
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    const { port, url, seen } = await proving();
    await (await fetching(port)(`${url}/`, POST)).text();
    expect(proxy.calls).toEqual([]);
    expect(seen.asked).toHaveLength(1);
  });

  it('of an editor that patches node:http and swaps agents are never asked', async () => {
    const swapped = vi.fn(() => {
      throw new Error('patched');
    });
    const original = { request: http.request, get: http.get };
    Object.assign(http, { request: swapped, get: swapped });
    syncBuiltinESMExports();
    onTestFinished(() => {
      Object.assign(http, original);
      syncBuiltinESMExports();
    });
    const { port, url, seen } = await proving();
    await (await fetching(port)(`${url}/`, POST)).text();
    expect(swapped).not.toHaveBeenCalled();
    expect(seen.asked).toHaveLength(1);
  });
});
