import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helloClientId, helloProof, type Scope } from '@datalayer-secrets/shared';
import { InProcess, PORT, SECRET } from './app.ts';

const CANARY = 'canary-4f1d';
const NEW = { name: 'A_NAME', description: '', variant: 'key', value: 'v' };
let service: InProcess;
beforeAll(async () => void (service = await InProcess.open()));
afterAll(() => service.close());

const SECRETS = '/api/iam/v1/secrets';
const uidOf = (json: Record<string, unknown>) => (json['secret'] as { uid: string }).uid;

describe('pages are kept out', () => {
  it.each([
    `localhost:${PORT}`, '127.0.0.1', `127.0.0.1:${PORT + 1}`, `127.0.0.1.evil.example:${PORT}`, `[::1]:${PORT}`,
    `0.0.0.0:${PORT}`, `evil.example:${PORT}`, '', null,
  ])('a request for Host %j is sent away with 421', async (host) => {
    const { status, json } = await service.ask('GET', SECRETS, { headers: { host } });
    expect([status, json['success']]).toEqual([421, false]);
  }); // prettier-ignore

  it.each([
    ['origin', 'http://evil.example'],
    ['origin', `http://127.0.0.1:${PORT}`],
    ['origin', 'null'],
    ['origin', ''],
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-site', 'same-origin'],
    ['sec-fetch-site', 'same-site'],
  ])('a request with %s: %s is refused with 403, with a good token too', async (name, value) => {
    expect((await service.ask('GET', SECRETS, { headers: { [name]: value } })).status).toBe(403);
    expect((await service.ask('GET', '/hello', { headers: { [name]: value } })).status).toBe(403);
  });

  it('what a user types into the address bar is no page: it only lacks the token', async () => {
    const headers = { 'sec-fetch-site': 'none', authorization: null };
    expect((await service.ask('GET', SECRETS, { headers })).status).toBe(401);
  });

  it.each(['OPTIONS', 'PATCH', 'PROPFIND'])('%s is not served anywhere', async (method) => {
    const made = await service.ask('POST', SECRETS, { body: { ...NEW, name: `FOR_${method}` } });
    const before = (await service.local.vault().audit({ limit: 1 }))[0]?.seq;
    const path = `${SECRETS}/${uidOf(made.json)}`;
    const answer = await service.ask(method, path);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect((await service.local.vault().audit({ limit: 1 }))[0]?.seq).toBe(before);
  });
});

describe('every answer', () => {
  it.each([
    ['GET', '/', 404],
    ['GET', '/nothing', 404],
    ['DELETE', SECRETS, 404],
    ['PUT', '/api/vault/v1/status', 404],
    ['GET', `${SECRETS}/%00`, 404],
    ['GET', `${SECRETS}/..%2f..%2fetc`, 404],
    ['GET', `${SECRETS}/${'x'.repeat(65)}`, 404],
    ['GET', '/vaults/NO_SUCH/api/iam/v1/secrets', 404],
    ['GET', '/vaults/r-00000000/api/iam/v1/secrets', 404],
    ['GET', `/vaults/${'x'.repeat(33)}/api/iam/v1/secrets`, 404],
    ['GET', '/api/iam/v1/secrets/provider/e2b/value', 404],
    ['GET', '/api/vault/v1/status', 500],
  ])('is JSON with the static headers: %s %s', async (method, path, status) => {
    const answer = await service.ask(method, path);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({
      success: false,
      message: expect.any(String) as string,
      code: expect.any(String) as string,
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
  });

  it('says nothing of an unexpected error, and the log only what kind and where', async () => {
    const { text } = await service.ask('GET', '/api/vault/v1/status');
    expect(text).not.toContain('canary');
    expect(JSON.stringify(service.logged)).not.toContain('canary');
    expect(service.logged.at(-1)?.fields).toMatchObject({
      code: 'unexpected',
      failure: 'TypeError',
      where: expect.stringMatching(/^app\.ts:/) as string,
    });
  });

  it('to repeated slashes is the one to a single slash', async () => {
    expect((await service.ask('GET', '//api//iam/v1///secrets')).status).toBe(200);
    expect((await service.ask('GET', `//api/iam/v1/secrets?x=//y`)).status).toBe(200);
  });
});

describe('a body', () => {
  const send = (body: string | Uint8Array, type: string | null = 'application/json') =>
    service.ask('POST', SECRETS, { body, headers: { 'content-type': type } });
  const good = (name: string) => JSON.stringify({ ...NEW, name });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
  ])('is taken as %s', async (type) => {
    expect((await send(good(`T_${type.length}_${type.charCodeAt(0)}`), type)).status).toBe(201);
  });

  it.each([
    'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16',
    'application/json, text/plain', 'application/jsonx', 'text/json', 'application/json; charset=utf-8; x=y', '', null,
  ])('is refused as %j with 415', async (type) => {
    const { status } = await service.ask('POST', SECRETS, { body: new TextEncoder().encode(good('X')), headers: { 'content-type': type } });
    expect(status).toBe(415);
  }); // prettier-ignore

  it('that is compressed is refused', async () => {
    expect(
      (await service.ask('POST', SECRETS, { body: good('X'), headers: { 'content-encoding': 'gzip' } })).status,
    ).toBe(415);
  });

  it.each([
    ['a key twice', `{"name":"${CANARY}","name":"${CANARY}","value":"${CANARY}"}`],
    ['__proto__', `{"__proto__":{"name":"${CANARY}"},"name":"${CANARY}","value":"${CANARY}"}`],
    ['half a surrogate pair', `{"name":"${CANARY}\\ud800","value":"${CANARY}"}`],
    ['no JSON', `{"name":"${CANARY}",`],
    ['an array', `["${CANARY}"]`],
    ['a number for a name', `{"name":1,"value":"${CANARY}"}`],
    ['no value', `{"name":"${CANARY}"}`],
    ['a null value', `{"name":"${CANARY}","value":null}`],
    ['an unknown encoding', `{"name":"${CANARY}","value":"${CANARY}","encoding":"${CANARY}"}`],
    ['bad base64', `{"name":"${CANARY}","value":"@@@@${CANARY}","encoding":"base64"}`],
    ['a control character in the name', `{"name":"${CANARY}\\u0000","value":"${CANARY}"}`],
    ['an empty name', `{"name":"","value":"${CANARY}"}`],
    ['a name of 256 characters', `{"name":"${'n'.repeat(256)}","value":"${CANARY}"}`],
    ['a description of 4,097 characters', `{"name":"${CANARY}","value":"x","description":"${'d'.repeat(4097)}"}`],
    ['a type with blanks', `{"name":"${CANARY}","value":"x","variant":"${CANARY} x"}`],
  ])('with %s is refused with 400, names no content and stores nothing', async (_, body) => {
    const before = (await service.local.vault().list({ label: 'a test', scope: 'full' })).length;
    const { status, text, json } = await send(body);
    expect(status).toBe(400);
    expect(json['code']).toBe('invalid');
    expect(text).not.toContain(CANARY);
    expect(JSON.stringify(service.logged)).not.toContain(CANARY);
    expect(await service.local.vault().list({ label: 'a test', scope: 'full' })).toHaveLength(before);
  });

  it('in bytes that are not UTF-8 is refused', async () => {
    const body = Buffer.concat([Buffer.from('{"value":"v","name":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]);
    expect((await send(body)).status).toBe(400);
  });

  it('over its limit is refused with 413 before it is parsed: 448 KiB, or 128 KiB where values are base64', async () => {
    const notEvenJson = (size: number) => 'x'.repeat(size);
    const ask = (size: number, headers: Record<string, string> = {}) =>
      service.ask('POST', SECRETS, { body: notEvenJson(size), headers }).then(({ status }) => status);
    const base64 = { 'x-value-encoding': 'base64' };
    expect(await ask(448 * 1024)).toBe(400);
    expect(await ask(448 * 1024 + 1)).toBe(413);
    expect(await ask(128 * 1024, base64)).toBe(400);
    expect(await ask(128 * 1024 + 1, base64)).toBe(413);
    expect((await service.ask('POST', '/api/vault/v1/lock', { body: notEvenJson(16 * 1024 + 1) })).status).toBe(413);
  });

  it('that declares less than it holds, or nothing, is measured all the same', async () => {
    expect(
      (await service.ask('POST', SECRETS, { body: 'x'.repeat(460_000), headers: { 'content-length': '10' } })).status,
    ).toBe(413);
    expect(
      (await service.ask('POST', SECRETS, { body: 'x'.repeat(460_000), headers: { 'content-length': null } })).status,
    ).toBe(413);
  });

  it('of the largest value in its most wasteful spelling fits', async () => {
    const body = `{"name":"WASTEFUL","value":"${'\\u0000'.repeat(65_536)}"}`;
    expect((await send(body)).status).toBe(201);
  });

  it('on DELETE is not looked at', async () => {
    const made = await service.ask('POST', SECRETS, { body: { ...NEW, name: 'TO_DELETE' } });
    const path = `${SECRETS}/${uidOf(made.json)}`;
    expect((await service.ask('DELETE', path, { headers: { 'content-type': 'application/json' } })).status).toBe(200);
  });

  it('may hold fields nobody knows', async () => {
    const body = { ...NEW, name: 'WITH_MORE', billable_account_uid: 'x', id: 'y', constructor: 1, toString: 2 };
    expect((await service.ask('POST', SECRETS, { body })).status).toBe(201);
  });
});

describe('a token', () => {
  it('is taken from the Authorization header and from nowhere else', async () => {
    const token = service.token();
    const none = { authorization: null };
    expect(
      (await service.ask('GET', `${SECRETS}?token=${token}&access_token=${token}`, { headers: none })).status,
    ).toBe(401);
    expect((await service.ask('GET', SECRETS, { headers: { ...none, cookie: `token=${token}` } })).status).toBe(401);
    expect((await service.ask('GET', SECRETS, { headers: { ...none, 'x-external-token': token } })).status).toBe(401);
    expect((await service.ask('GET', SECRETS, { headers: { authorization: `Basic ${token}` } })).status).toBe(401);
    service.now += 60_000;
  });

  it('is told nothing by an answer of 401, and appears in no log', async () => {
    const { text, json } = await service.ask('GET', SECRETS, { headers: { authorization: `Bearer ${CANARY}` } });
    expect(json).toMatchObject({ success: false, code: 'unauthenticated' });
    expect(text + JSON.stringify(service.logged)).not.toContain(CANARY);
  });

  it('that is wrong often is answered 429 with the time to wait, while good ones pass', async () => {
    const bad = () => service.ask('GET', SECRETS, { headers: { authorization: 'Bearer wrong' } });
    for (let i = 0; i < 20; i++) await bad();
    const limited = await bad();
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('1');
    expect((await service.ask('GET', SECRETS)).status).toBe(200);
    service.now += 60_000;
    expect((await bad()).status).toBe(401);
  });

  it('of the run file makes tokens and can do nothing else', async () => {
    const headers = { authorization: `Bearer ${SECRET}` };
    const made = await service.ask('POST', '/api/vault/v1/tokens', { headers, body: { label: 'x', scope: 'kernel' } });
    expect(made.status).toBe(201);
    expect(service.tokens.find(String(made.json['token']))).toEqual({ label: 'x', scope: 'kernel' });
    expect((await service.ask('GET', SECRETS, { headers })).status).toBe(403);
    expect((await service.ask('POST', '/api/vault/v1/stop', { headers, body: {} })).status).toBe(403);
  });

  it('of a client makes no others', async () => {
    expect((await service.ask('POST', '/api/vault/v1/tokens', { body: { label: 'x', scope: 'full' } })).status).toBe(
      403,
    );
  });

  it.each([
    { label: '', scope: 'full' },
    { label: 'x', scope: 'root' },
    { label: 'a\nb', scope: 'full' },
    { label: 'x'.repeat(201), scope: 'full' },
  ])('is not made for %j', async (body) => {
    const headers = { authorization: `Bearer ${SECRET}` };
    expect((await service.ask('POST', '/api/vault/v1/tokens', { headers, body })).status).toBe(400);
  });
});

describe('the challenge', () => {
  it('is answered with the proof for this port and process, without a bearer', async () => {
    const token = service.token();
    const nonce = 'n'.repeat(32);
    const path = `/hello?nonce=${nonce}&client=${await helloClientId(token)}`;
    const { json } = await service.ask('GET', path, { headers: { authorization: null } });
    expect(json).toMatchObject({
      port: PORT,
      pid: process.pid,
      proof: await helloProof(token, nonce, PORT, process.pid),
    });
  });

  it('is refused to a client that is not known, or without a nonce of its own', async () => {
    const known = await helloClientId(service.token());
    expect((await service.ask('GET', `/hello?nonce=${'n'.repeat(32)}&client=${'x'.repeat(22)}`)).status).toBe(401);
    for (const nonce of ['', 'short', '%0a'.repeat(20), 'n'.repeat(129)]) {
      expect((await service.ask('GET', `/hello?nonce=${nonce}&client=${known}`)).status).toBe(400);
    }
  });
});

describe('scopes', () => {
  const uid = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
  const body = {};
  const CELLS: [string, string, string, unknown?][] = [
    ['GET', SECRETS, 'full page kernel'],
    ['POST', SECRETS, 'full page', body],
    ['GET', `${SECRETS}/values`, 'full kernel'],
    ['GET', `${SECRETS}/${uid}`, 'full kernel'],
    ['PUT', `${SECRETS}/${uid}`, 'full page', body],
    ['PUT', `${SECRETS}/${uid}`, 'full', { value: 'a guess' }],
    ['DELETE', `${SECRETS}/${uid}`, 'full page'],
    ['GET', '/api/iam/v1/whoami', 'full page kernel'],
    ['POST', `/vaults/local/api/vault/v1/secrets/${uid}/replace`, 'full page', { value: 'v' }],
    ['GET', '/vaults/local/api/vault/v1/audit', 'full page'],
    ['GET', '/vaults/local/api/vault/v1/audit/verify', 'full page'],
    ['GET', '/vaults/local/api/vault/v1/capabilities', 'full page kernel'],
    ['GET', '/api/vault/v1/status', 'full page'],
    ['POST', '/api/vault/v1/setup', 'full page', { slot: 'file' }],
    ['POST', '/api/vault/v1/setup', 'full', { slot: 'file', keyFile: '/tmp/x' }],
    ['POST', '/api/vault/v1/unlock', 'full page', { interactive: false }],
    ['POST', '/api/vault/v1/unlock', 'full', { interactive: false, keyFile: '/tmp/x' }],
    ['PUT', '/api/vault/v1/slots/passphrase', 'full page', body],
    ['GET', '/api/vault/v1/vaults', 'full page'],
    ['POST', '/api/vault/v1/vaults', 'full', { origin: 'http://127.0.0.1:9', token: 't' }],
    ['DELETE', '/api/vault/v1/vaults/r-00000000', 'full page'],
    ['POST', '/api/vault/v1/stop', 'full', body],
    ['POST', '/api/vault/v1/leave', 'full page kernel', body],
  ];
  for (const [method, path, allowed, sent] of CELLS) {
    it.each(['full', 'page', 'kernel'] as Scope[])(
      `${method} ${path} ${JSON.stringify(sent ?? '')} as %s`,
      async (scope) => {
        const { status } = await service.ask(method, path, { scope, ...(sent !== undefined && { body: sent }) });
        if (allowed.split(' ').includes(scope)) expect(status).not.toBe(403);
        else expect(status).toBe(403);
      },
    );
  }

  it('a page that may not reveal learns nothing from whether a uid exists', async () => {
    const made = await service.ask('POST', SECRETS, { body: { ...NEW, name: 'HIDDEN' } });
    const known = await service.ask('GET', `${SECRETS}/${uidOf(made.json)}`, { scope: 'page' });
    const unknown = await service.ask('GET', `${SECRETS}/${uid}`, { scope: 'page' });
    expect(known.text).toBe(unknown.text);
  });
});
