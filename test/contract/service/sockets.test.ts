import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Home } from '../../fixtures/service.ts';

/** Bytes as no HTTP client sends them, at the socket of a real service. */
describe('malformed requests', () => {
  const home = new Home();
  let port: number;
  let token: string;
  beforeAll(async () => {
    const service = await home.client();
    await service.setup({ slot: 'file' });
    const running = await home.running();
    port = Number(new URL(running.origin).port);
    token = running.token;
  });
  afterAll(() => home.dispose());

  /** Everything that comes back until the connection ends or nothing came for a moment. */
  function send(...pieces: (string | Buffer)[]): Promise<string> {
    return new Promise((resolve) => {
      let answer = '';
      const socket: Socket = connect(port, '127.0.0.1', () => {
        for (const piece of pieces) socket.write(piece);
      });
      const finish = () => {
        clearTimeout(quiet);
        socket.destroy();
        resolve(answer);
      };
      let quiet = setTimeout(finish, 3_000);
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
        clearTimeout(quiet);
        quiet = setTimeout(finish, 300);
      });
      socket.on('close', finish);
      socket.on('error', finish);
    });
  }

  const head = (line: string, ...headers: string[]) =>
    [line, `host: 127.0.0.1:${port}`, `authorization: Bearer ${token}`, ...headers, '', ''].join('\r\n');
  const good = () => head('GET /api/iam/v1/secrets HTTP/1.1');
  const statuses = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  const bodyOf = (answer: string) =>
    JSON.parse(answer.slice(answer.lastIndexOf('\r\n\r\n') + 4)) as { success: boolean };

  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PATCH'])(
    'a page that sends %s without leave is refused, and the service goes on',
    async (method) => {
      for (const path of ['/', '/hello', '/api/iam/v1/secrets']) {
        const request = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\norigin: http://evil.example\r\n\r\n`;
        expect(statuses(await send(request)), path).toEqual([403]);
        expect(
          statuses(await send(`${method} ${path} HTTP/1.1\r\nhost: evil.example\r\n\r\n`))[0],
          path,
        ).toBeGreaterThan(400);
      }
      expect(statuses(await send(good()))).toEqual([200]);
    },
  );

  it('a body in chunks that is larger than any is refused once, and the service goes on', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const line = head(
      'POST /api/iam/v1/secrets HTTP/1.1',
      'transfer-encoding: chunked',
      'content-type: application/json',
    );
    expect(statuses(await send(line, ...Array<string>(64).fill(chunk), '0\r\n\r\n'))).toEqual([413]);
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // longer than the rest of a refused body is waited for
    expect(statuses(await send(good()))).toEqual([200]);
  });

  it.each([
    ['no HTTP', () => 'canary\r\n\r\n'],
    [
      'a length and chunks together',
      () => head('POST /api/iam/v1/secrets HTTP/1.1', 'content-length: 3', 'transfer-encoding: chunked') + '0\r\n\r\n',
    ],
    ['two lengths', () => head('POST /api/iam/v1/secrets HTTP/1.1', 'content-length: 3', 'content-length: 4') + 'abc'],
    ['a negative length', () => head('POST /api/iam/v1/secrets HTTP/1.1', 'content-length: -1')],
    [
      'a chunk size that is none',
      () =>
        head('POST /api/iam/v1/secrets HTTP/1.1', 'transfer-encoding: chunked', 'content-type: application/json') +
        'zz\r\n',
    ],
    ['NUL in a header', () => head('GET /api/iam/v1/secrets HTTP/1.1', 'x: a\0b')],
    ['a folded header', () => head('GET /api/iam/v1/secrets HTTP/1.1', 'x: a', ' b: c')],
    ['bare line feeds', () => good().replaceAll('\r\n', '\n')],
    ['HTTP/0.9', () => 'GET /\r\n\r\n'],
    ['a method that is none', () => head('G@T /api/iam/v1/secrets HTTP/1.1')],
    ['headers of 100 KB', () => head('GET /api/iam/v1/secrets HTTP/1.1', `x: ${'y'.repeat(100_000)}`)],
    ['ten thousand headers', () => head('GET /api/iam/v1/secrets HTTP/1.1', ...Array<string>(10_000).fill('x: y'))],
  ])('%s: one refusal, and the connection ends', async (_, bytes) => {
    const answer = await send(bytes());
    for (const status of statuses(answer)) expect([400, 421]).toContain(status);
    expect(statuses(answer).length).toBeLessThanOrEqual(1);
    if (answer !== '') expect(bodyOf(answer).success).toBe(false);
    expect(answer).not.toContain('canary');
  });

  it.each([
    ['an absolute address of another host', () => head('GET http://evil.example/api/iam/v1/secrets HTTP/1.1')],
    ['a star', () => head('GET * HTTP/1.1')],
    ['no Host', () => `GET /api/iam/v1/secrets HTTP/1.1\r\nauthorization: Bearer ${token}\r\n\r\n`],
    ['two Hosts', () => head('GET /api/iam/v1/secrets HTTP/1.1', 'host: evil.example')],
    ['an old version', () => head('GET /api/iam/v1/secrets HTTP/1.0', 'host: x')],
    ['CONNECT', () => head(`CONNECT 127.0.0.1:${port} HTTP/1.1`)],
    ['TRACE', () => head('TRACE /api/iam/v1/secrets HTTP/1.1')],
    ['an expectation nobody knows', () => head('GET /api/iam/v1/secrets HTTP/1.1', 'expect: canary')],
    [
      'two tokens',
      () =>
        head('GET /api/iam/v1/secrets HTTP/1.1', 'authorization: Bearer x').replace(`Bearer ${token}`, 'Bearer canary'),
    ],
  ])('%s: no list', async (_, bytes) => {
    const answer = await send(bytes());
    expect(answer).not.toContain('"secrets"');
    for (const status of statuses(answer)) expect(status).toBeGreaterThanOrEqual(400);
    expect(answer).not.toContain('canary');
  });

  it('an upgrade is answered as what else it is: a request', async () => {
    const answer = await send(head('GET /api/iam/v1/secrets HTTP/1.1', 'connection: upgrade', 'upgrade: websocket'));
    expect(statuses(answer)).toEqual([200]);
  });

  it('requests in one packet are answered in their order', async () => {
    expect(statuses(await send(good() + good().replace('secrets', 'nothing') + good()))).toEqual([200, 404, 200]);
  });

  it('a large body to a bad token is not waited for', async () => {
    const post = head('POST /api/iam/v1/secrets HTTP/1.1', 'content-type: application/json', 'content-length: 400000');
    const answer = await send(post.replace(token, 'wrong'), 'x'.repeat(1_000));
    expect(statuses(answer)).toEqual([401]);
    expect(answer).toMatch(/connection: close/i);
  });

  it('a body over the limit is refused by its declared length, before it comes', async () => {
    const post = head(
      'POST /api/iam/v1/secrets HTTP/1.1',
      'content-type: application/json',
      'content-length: 999999999',
    );
    expect(statuses(await send(post))).toEqual([413]);
  });

  it('a body in chunks that passes the limit is refused there', async () => {
    const post = head(
      'POST /api/iam/v1/secrets HTTP/1.1',
      'content-type: application/json',
      'transfer-encoding: chunked',
    );
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    expect(statuses(await send(post, ...Array<string>(8).fill(chunk)))).toEqual([413]);
  });

  it('after all that the service answers as before, in the same process', async () => {
    expect(statuses(await send(good()))).toEqual([200]);
    expect(statuses(await send(good()))).toEqual([200]);
  });
});
