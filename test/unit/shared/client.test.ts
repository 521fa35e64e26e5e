import { setTimeout as after } from 'node:timers/promises';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SecretsClient, type ClientOptions } from '../../../shared/src/client.ts';
import { PageSecretsClient, type PageSecrets } from '../../../shared/src/page-secrets.ts';
import { SecretsError } from '../../../shared/src/errors.ts';
import { SecretValue, type Secret } from '../../../shared/src/secret.ts';
import { item, json, listening, type Answerer } from './listening.ts';

// Answers are written from what datalayer_core 1.1 to 1.2 and @datalayer/core 0.0 to 1.2 send and expect.

const CANARY = 'canary-7c1d';
const TOKEN = 'token-canary-9b2e';
const UID = '01KADR0000000000000000000A';
const SECRET: Secret = { uid: UID, name: 'OPENAI_API_KEY', description: 'for tests', type: 'key', kwargs: {} };
const NEW = { name: 'A', description: 'd', type: 'token', value: new SecretValue(CANARY) };

async function serving(answer: Answerer, options: Partial<ClientOptions> = {}) {
  const service = await listening(answer);
  const client = new SecretsClient({
    origin: service.origin,
    token: TOKEN,
    own: true,
    retry: { attempts: 1, delayMs: 1 },
    ...options,
  });
  return { client, ...service };
}

/** A client that takes its service for one on another machine. */
async function servingFar(answer: Answerer, options: Partial<ClientOptions> = {}) {
  const service = await listening(answer);
  const fetch = (url: string, init: RequestInit) =>
    globalThis.fetch(url.replace('https://iam.example', service.origin), init);
  const client = new SecretsClient({
    origin: 'https://iam.example',
    token: TOKEN,
    fetch,
    retry: { attempts: 1, delayMs: 1 },
    ...options,
  });
  return { client, ...service };
}

async function failing(work: Promise<unknown>): Promise<SecretsError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SecretsError);
  const shown = inspect(error, { depth: 9, showHidden: true });
  expect(shown).not.toContain(CANARY);
  expect(shown).not.toContain(TOKEN);
  return error as SecretsError;
}

describe('requests', () => {
  it('go to the address with its path, a trailing slash or not, bearer in the header only', async () => {
    const { origin, asked } = await serving((_, response) => json(response, 200, { success: true, secrets: [] }));
    for (const end of ['/vaults/local', '/vaults/local/', '/vaults/local//']) {
      await new SecretsClient({ origin: origin + end, token: TOKEN }).list();
    }
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array(3).fill('GET /vaults/local/api/iam/v1/secrets'),
    );
    expect(asked[0]?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, accept: 'application/json' });
    expect(asked[0]?.headers['content-type']).toBeUndefined();
  });

  it('carry no bearer where there is no token', async () => {
    const { client, asked } = await serving((_, response) => json(response, 200, { secrets: [] }), {});
    await client.list();
    const page: PageSecrets = new SecretsClient({
      origin: `http://127.0.0.1:1`,
      fetch: () => Promise.resolve(Response.json({ secrets: [] })),
    });
    expect(await page.list()).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('create with all fields and the mark of the encoding', async () => {
    const { client, asked } = await serving((_, response) =>
      json(response, 201, { success: true, message: '', secret: item({ name_s: 'A' }) }),
    );
    expect(await client.create(NEW)).toMatchObject({ uid: UID, name: 'A', type: 'key' });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/api/iam/v1/secrets',
      body: { name: 'A', description: 'd', variant: 'token', value: CANARY, encoding: 'plain' },
    });
  });

  it('write and read base64 where the service does', async () => {
    const { client, asked } = await serving(
      (_, response) => json(response, 200, { success: true, secret: item({ value_s: 'dsOgbOKckw==' }) }),
      { valueEncoding: 'base64' },
    );
    await client.create({ ...NEW, value: new SecretValue('vàl✓') });
    expect(asked[0]?.body).toMatchObject({ value: 'dsOgbOKckw==', encoding: 'base64' });
    expect((await client.reveal(UID)).expose()).toBe('vàl✓');
    expect(asked[1]).toMatchObject({ method: 'GET', path: `/api/iam/v1/secrets/${UID}` });
  });

  it('update with changed fields only, and never a value', async () => {
    const { client, asked } = await serving((_, response) => json(response, 200, { success: true, secret: item() }));
    await client.update(UID, { name: 'B' });
    await client.update(SECRET, { name: SECRET.name, description: '', type: 'key' });
    expect(await client.update(SECRET, { name: SECRET.name })).toBe(SECRET);
    expect(asked.map(({ method, body }) => [method, body])).toEqual([
      ['PUT', { name: 'B' }],
      ['PUT', { description: '' }],
    ]);
  });

  it('replace in one step, or send the whole secret to a service that cannot', async () => {
    const { client, asked } = await serving((_, response) =>
      json(response, 200, { success: true, secret: item({ uid: 'new' }) }),
    );
    expect((await client.replaceValue(UID, new SecretValue('v'))).uid).toBe('new');
    await client.putValue(SECRET, new SecretValue('v'));
    expect(asked).toMatchObject([
      { method: 'POST', path: `/api/vault/v1/secrets/${UID}/replace`, body: { value: 'v', encoding: 'plain' } },
      {
        method: 'PUT',
        path: `/api/iam/v1/secrets/${UID}`,
        body: { name: SECRET.name, description: SECRET.description, variant: 'key', value: 'v' },
      },
    ]);
  });

  it('delete without a body and take any success', async () => {
    let empty = false;
    const { client, asked } = await serving((_, response) => {
      if (empty) response.writeHead(204).end();
      else json(response, 200, { success: true, message: 'Deleted.' });
    });
    await client.delete(SECRET);
    empty = true;
    await client.delete(UID);
    expect(asked.map(({ method, text }) => method + text)).toEqual(['DELETE', 'DELETE']);
  });

  it('ask who this is', async () => {
    const { client } = await serving((_, response) =>
      json(response, 200, { success: true, profile: { uid: 'u', handle_s: 'ada', email_s: null } }),
    );
    expect(await client.whoami()).toEqual({ uid: 'u', handle: 'ada', email: null });
  });

  it.each(['a:b', "it's", 'é~', '100%', 'a?b', 'a#b', '...'])(
    'write the uid %s into the path so that it stays one',
    async (uid) => {
      const { client, asked } = await serving((_, response) => json(response, 200, { success: true }));
      if (uid.includes('é')) {
        expect((await failing(client.delete(uid))).kind).toBe('not_found');
        return;
      }
      await client.delete(uid);
      expect(asked[0]?.path).toBe(`/api/iam/v1/secrets/${encodeURIComponent(uid)}`);
    },
  );

  it.each(['..', '.', '../whoami', 'values', '', 'a/b', 'a\r\nb'])('never ask for the uid %j', async (uid) => {
    const { client, asked } = await serving((_, response) => json(response, 200, { success: true }));
    for (const work of [
      client.delete(uid),
      client.reveal(uid),
      client.update(uid, { name: 'x' }),
      client.replaceValue(uid, NEW.value),
    ]) {
      expect((await failing(work)).kind).toBe('not_found');
    }
    expect(asked).toEqual([]);
  });

  it('refuse a value that is too large or would be altered, before anything is sent', async () => {
    const { client, asked } = await serving((_, response) => json(response, 201, {}));
    expect(await failing(client.create({ ...NEW, value: new SecretValue('x'.repeat(65_537)) }))).toMatchObject({
      kind: 'too_large',
      message: 'The value has 65537 bytes; at most 65536 are possible.',
    });
    expect(await failing(client.replaceValue(UID, new SecretValue('a\ud800')))).toMatchObject({
      kind: 'invalid',
      details: { reason: 'surrogate' },
    });
    expect(asked).toEqual([]);
  });

  it('bring the largest values back as they were', async () => {
    let value = '';
    const { client } = await serving(({ body }, response) => {
      if (body) value = (body as { value: string }).value;
      json(response, 200, { secret: item({ value_s: value, encoding: 'plain' }) });
    });
    for (const text of ['\0'.repeat(65_536), '😀'.repeat(16_384), '"\\\r\n\t'.repeat(13_107)]) {
      await client.create({ ...NEW, value: new SecretValue(text) });
      expect((await client.reveal(UID)).expose()).toBe(text);
    }
  });
});

describe('the interface for pages', () => {
  it('has no reveal, which the compiler checks', () => {
    expect('reveal' in PageSecretsClient.prototype).toBe(false);
    type HasReveal = 'reveal' extends keyof PageSecrets ? true : false;
    const hasReveal: HasReveal = false;
    expect(hasReveal).toBe(false);
  });
});

describe('an address', () => {
  it.each([
    'http://iam.example',
    'http://10.0.0.1:80',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
  ])('without https takes no token: %s', (origin) => {
    expect(() => new SecretsClient({ origin, token: TOKEN })).toThrow(
      expect.objectContaining({ kind: 'invalid', details: { reason: 'insecure', host: new URL(origin).host } }),
    );
  });

  it.each([
    'http://127.0.0.1:4711',
    'http://127.8.8.8',
    'http://localhost:1',
    'http://[::1]:1',
    'https://iam.example/base',
  ])('takes a token: %s', (origin) => {
    expect(() => new SecretsClient({ origin, token: TOKEN })).not.toThrow();
  });

  it.each(['ftp://x', 'https://user:pass@x', 'https://x?a=b', 'https://x#a', 'x', '//x', 'javascript:alert(1)'])(
    'that is none is refused: %s',
    (origin) => {
      expect(() => new SecretsClient({ origin })).toThrow(
        expect.objectContaining({ kind: 'invalid', details: { reason: 'address' } }),
      );
    },
  );

  it('may be a path of the page, but then takes no token', () => {
    expect(() => new SecretsClient({ origin: '/user/ada/datalayer-secrets' })).not.toThrow();
    expect(() => new SecretsClient({ origin: '/user', token: TOKEN })).toThrow(
      expect.objectContaining({ kind: 'invalid' }),
    );
  });

  it.each([`${TOKEN}\n`, `${TOKEN} x`, '', 'é'])(
    'takes no token that cannot be in a header, and does not repeat it: %#',
    (token) => {
      const make = () => Promise.resolve().then(() => new SecretsClient({ origin: 'https://iam.example', token }));
      return expect(failing(make())).resolves.toMatchObject({ kind: 'invalid', details: { reason: 'token' } });
    },
  );
});

describe('answers', () => {
  it.each([
    [400, {}, 'invalid'],
    [401, { success: false, message: CANARY }, 'unauthenticated'],
    [403, { detail: CANARY }, 'forbidden'],
    [404, { detail: { message: CANARY } }, 'not_found'],
    [405, {}, 'protocol'],
    [408, {}, 'timeout'],
    [409, { message: CANARY }, 'conflict'],
    [410, {}, 'not_found'],
    [413, { errors: [CANARY] }, 'too_large'],
    [415, {}, 'protocol'],
    [418, {}, 'protocol'],
    [421, {}, 'offline'],
    [422, { warnings: [CANARY] }, 'invalid'],
    [423, {}, 'locked'],
    [429, {}, 'rate_limited'],
    [500, { exception: CANARY, traceback: CANARY }, 'server'],
    [501, {}, 'protocol'],
    [502, {}, 'server'],
    [503, {}, 'busy'],
    [504, {}, 'server'],
    [507, {}, 'disk_full'],
  ])('with status %i (%j) mean %s', async (status, body, kind) => {
    const { client } = await servingFar((_, response) => json(response, status, body));
    expect(await failing(client.list())).toMatchObject({ kind, details: { host: 'iam.example' } });
  });

  it.each([
    [423, 'setup_needed'],
    [423, 'locked'],
    [409, 'immutable'],
    [403, 'wrong_passphrase'],
    [500, 'integrity'],
    [503, 'audit_unavailable'],
    [424, 'keychain_locked'],
    [502, 'certificate'],
  ])('with status %i and the code %s mean that code', async (status, code) => {
    const { client } = await serving((_, response) =>
      json(response, status, { success: false, message: CANARY, code }),
    );
    expect((await failing(client.list())).kind).toBe(code);
  });

  it.each(['cancelled', 'constructor', 'sealed', 7, null])(
    'with a code that is not for us (%s) mean their status',
    async (code) => {
      const { client } = await serving((_, response) => json(response, 403, { success: false, code }));
      expect((await failing(client.list())).kind).toBe('forbidden');
    },
  );

  it('of our own service bring the numbers and names that the texts need', async () => {
    const details = {
      bytes: 70_000,
      limit: 65_536,
      field: 'value',
      host: 'pod-2',
      value: CANARY,
      nested: { a: 1 },
      limitless: 5,
      path: `a\n${CANARY}`,
    };
    const { client } = await serving((_, response) =>
      json(response, 413, { success: false, code: 'too_large', details }),
    );
    expect((await failing(client.create(NEW))).details).toEqual({
      status: 413,
      bytes: 70_000,
      limit: 65_536,
      field: 'value',
      host: 'pod-2',
    });
  });

  it('of other machines bring no text of theirs', async () => {
    const { client } = await servingFar((_, response) =>
      json(response, 413, { code: 'too_large', details: { name: CANARY, host: CANARY } }),
    );
    expect((await failing(client.create(NEW))).details).toEqual({ status: 413, host: 'iam.example' });
  });

  it.each([
    { detail: [{ loc: ['body', 'name'], msg: CANARY }] },
    { errors: [{ loc: ['name'], msg: CANARY }] },
    { field: 'name' },
  ])('name the field at fault where they can: %#', async (body) => {
    const { client } = await servingFar((_, response) => json(response, 422, body));
    expect(await failing(client.create(NEW))).toMatchObject({ kind: 'invalid', details: { field: 'name' } });
  });

  it.each([false, 'false', 'False'])('that say success: %j are failures in spite of 200', async (success) => {
    const { client } = await servingFar((_, response) =>
      json(response, 200, { success, message: CANARY, secrets: [item()] }),
    );
    expect(await failing(client.list())).toMatchObject({ kind: 'server', details: { reason: 'refused' } });
    expect((await failing(client.delete(UID))).kind).toBe('server');
  });

  it.each([true, 'true', undefined])('that say success: %j are none', async (success) => {
    const { client } = await serving((_, response) => json(response, 200, { success, secrets: [item()] }));
    expect(await client.list()).toHaveLength(1);
  });

  it('with success: false and a code mean that code', async () => {
    const { client } = await serving((_, response) => json(response, 200, { success: false, code: 'not_found' }));
    expect((await failing(client.delete(UID))).kind).toBe('not_found');
  });

  it('to a conflict name the name that was asked for', async () => {
    const { client } = await serving((_, response) => json(response, 409, { success: false, code: 'conflict' }));
    expect((await failing(client.create(NEW))).details['name']).toBe('A');
    expect((await failing(client.update(UID, { name: 'B' }))).details['name']).toBe('B');
  });

  it.each(['', 'null', '[]', '"x"', '1', '{"a":', `{"secrets":[{"uid":"u","name_s":"${CANARY}`])(
    'that are no JSON object make no sense: %j',
    async (text) => {
      const { client } = await serving((_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(text),
      );
      expect((await failing(client.list())).kind).toBe('protocol');
    },
  );

  it.each(['', 'Internal error', '{"cut', '\xff', '[]'])(
    'of a failure may be anything, then the status counts: %j',
    async (text) => {
      const { client } = await serving((_, response) => response.writeHead(500).end(Buffer.from(text, 'latin1')));
      expect((await failing(client.list())).kind).toBe('server');
    },
  );

  it('with bytes that are no UTF-8 are not read as something else', async () => {
    const { client } = await serving((_, response) => {
      response
        .writeHead(200)
        .end(Buffer.concat([Buffer.from('{"secret":{"value_s":"'), Buffer.of(0xff), Buffer.from('"}}')]));
    });
    expect((await failing(client.reveal(UID))).kind).toBe('protocol');
  });

  it('that are a web page mean a proxy or portal, but not on this machine', async () => {
    const page: Answerer = ({ path }, response) => {
      response
        .writeHead(path.endsWith('secrets') ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' })
        .end(`<html>${CANARY}</html>`);
    };
    const far = await servingFar(page);
    expect(await failing(far.client.list())).toMatchObject({
      kind: 'proxy',
      details: { reason: 'page', host: 'iam.example' },
    });
    expect((await failing(far.client.reveal(UID))).kind).toBe('proxy');
    const near = await serving(page);
    expect((await failing(near.client.list())).kind).toBe('protocol');
    expect((await failing(near.client.reveal(UID))).kind).toBe('protocol');
  });

  it.each([
    [407, 'proxy', 'sign-in'],
    [511, 'proxy', 'page'],
    [502, 'server', undefined],
    [401, 'unauthenticated', undefined],
  ])('that are a web page with status %i mean %s', async (status, kind, reason) => {
    const fetch = () =>
      Promise.resolve(new Response('<html></html>', { status, headers: { 'content-type': 'text/html' } }));
    const client = new SecretsClient({
      origin: 'https://iam.example',
      token: TOKEN,
      fetch,
      retry: { attempts: 1, delayMs: 1 },
    });
    const error = await failing(client.list());
    expect([error.kind, error.details['reason']]).toEqual([kind, reason]);
  });

  it.each([301, 302, 303, 307, 308])(
    'that redirect (%i) are errors, and the other address gets nothing',
    async (status) => {
      const other = await listening((_, response) => json(response, 200, { secrets: [] }));
      const { client } = await serving((_, response) =>
        response.writeHead(status, { location: `${other.origin}/x` }).end(),
      );
      expect((await failing(client.list())).kind).toBe('redirect');
      expect((await failing(client.create(NEW))).kind).toBe('redirect');
      expect(other.asked).toEqual([]);
    },
  );

  it('are redirects too where a page is not told their status', async () => {
    const opaque = Object.defineProperty(Response.json({}), 'type', { value: 'opaqueredirect' });
    const client = new SecretsClient({ origin: '/datalayer-secrets', fetch: () => Promise.resolve(opaque) });
    expect((await failing(client.list())).kind).toBe('redirect');
  });

  it('longer than anything that makes sense are not read, announced or not', async () => {
    let announce = true;
    const { client } = await serving((_, response) => {
      response.writeHead(200, announce ? { 'content-length': 2_000_000 } : {});
      response.write('x'.repeat(1_900_000));
    });
    expect((await failing(client.reveal(UID))).details['reason']).toBe('too-long');
    announce = false;
    expect((await failing(client.reveal(UID))).details['reason']).toBe('too-long');
  });
});

describe('an answer without the secret', () => {
  const without: Answerer = ({ method }, response) =>
    json(
      response,
      200,
      method === 'GET' ? { secrets: [item(), item({ uid: 'other', name_s: 'A' })] } : { success: true, message: 'ok' },
    );

  it('is completed from the list, never by reading the value', async () => {
    const { client, asked } = await serving(without);
    expect((await client.update(UID, { name: 'OPENAI_API_KEY' })).uid).toBe(UID);
    expect((await client.create(NEW)).uid).toBe('other');
    expect((await client.replaceValue(SECRET, NEW.value)).uid).toBe(UID);
    expect((await client.replaceValue('other', NEW.value)).name).toBe('A');
    expect(asked.filter(({ method }) => method === 'GET').map(({ path }) => path)).toEqual(
      Array(4).fill('/api/iam/v1/secrets'),
    );
  });

  it('says so where the list does not show it either', async () => {
    const { client } = await serving(({ method }, response) =>
      json(response, 200, method === 'GET' ? { secrets: [] } : { success: true }),
    );
    expect((await failing(client.create(NEW))).details).toEqual({ reason: 'unconfirmed' });
  });

  it('says so where two secrets could be meant', async () => {
    const { client } = await serving(({ method }, response) =>
      json(
        response,
        200,
        method === 'GET'
          ? { secrets: [item({ uid: '1', name_s: 'A' }), item({ uid: '2', name_s: 'A' })] }
          : { success: true },
      ),
    );
    expect((await failing(client.create(NEW))).details).toEqual({ reason: 'unconfirmed' });
  });
});

describe('a list', () => {
  it('is reported where items had to be left out', async () => {
    const skipped: number[] = [];
    const { client } = await serving((_, response) => json(response, 200, { secrets: [item(), {}, null] }), {
      onSkipped: (count) => skipped.push(count),
    });
    expect(await client.list()).toHaveLength(1);
    expect(skipped).toEqual([2]);
  });
});

describe('a service that wants the value with every change', () => {
  it.each([
    [400, {}],
    [422, { detail: [{ loc: ['body', 'value'], msg: 'field required' }] }],
    [400, { success: false, errors: ['value is required'] }],
    [422, { code: 'value_required' }],
  ])('is understood: %i %j', async (status, body) => {
    const { client } = await servingFar((_, response) => json(response, status, body));
    expect((await failing(client.update(UID, { name: 'B' }))).kind).toBe('value_required');
  });

  it('is not one that dislikes the name', async () => {
    const far = await servingFar((_, response) => json(response, 422, { detail: [{ loc: ['body', 'name'] }] }));
    expect((await failing(far.client.update(UID, { name: '' }))).kind).toBe('invalid');
    const own = await serving((_, response) => json(response, 400, { success: false, code: 'invalid' }));
    expect((await failing(own.client.update(UID, { name: '' }))).kind).toBe('invalid');
  });
});

describe('trying again', () => {
  const retry = { attempts: 3, delayMs: 1 };
  const failingTwice =
    (status: number, headers: Record<string, string> = {}): Answerer =>
    (_, response, count) =>
      count <= 2 ? json(response, status, {}, headers) : json(response, 200, { secrets: [], secret: item() });

  it.each([500, 502, 503, 504])('helps a list after %i', async (status) => {
    const { client, asked } = await serving(failingTwice(status), { retry });
    expect(await client.list()).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it('helps a list after a broken connection', async () => {
    const { client, asked } = await serving(
      (_, response, count) => {
        if (count <= 2) response.destroy();
        else json(response, 200, { secrets: [] });
      },
      { retry },
    );
    expect(await client.list()).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409, 413, 423])('is of no use after %i', async (status) => {
    const { client, asked } = await serving(failingTwice(status), { retry });
    await failing(client.list());
    expect(asked).toHaveLength(1);
  });

  it('is never done for what changes something', async () => {
    const { client, asked } = await serving((_, response) => json(response, 503, {}), { retry });
    await failing(client.create(NEW));
    await failing(client.update(UID, { name: 'x' }));
    await failing(client.delete(UID));
    await failing(client.replaceValue(UID, NEW.value));
    expect(asked).toHaveLength(4);
  });

  it('waits as long as a 429 asks for, up to a bound', async () => {
    const { client, asked } = await serving(
      (_, response, count) =>
        count === 1 ? json(response, 429, {}, { 'retry-after': '1' }) : json(response, 200, { secrets: [] }),
      { retry },
    );
    const before = performance.now();
    await client.list();
    expect(performance.now() - before).toBeGreaterThan(990);
    expect(asked).toHaveLength(2);
    const long = await serving(failingTwice(429, { 'retry-after': '3600' }), { retry });
    expect(await failing(long.client.list())).toMatchObject({ kind: 'rate_limited', details: { seconds: 3600 } });
    expect(long.asked).toHaveLength(1);
  });

  it('understands a date in retry-after', async () => {
    const { client } = await serving(
      (_, response) => json(response, 429, {}, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }),
      { retry },
    );
    const { details } = await failing(client.list());
    expect(details['seconds']).toBeGreaterThan(55);
    expect(details['seconds']).toBeLessThanOrEqual(60);
  });

  it('is left to the service for what it says of others', async () => {
    const { client, asked } = await serving(
      (_, response) => json(response, 502, { success: false, code: 'offline', details: { host: 'iam.example' } }),
      { retry },
    );
    expect(await failing(client.list())).toMatchObject({ kind: 'offline', details: { host: 'iam.example' } });
    expect(asked).toHaveLength(1);
  });

  it('ends when the caller aborts', async () => {
    const { client } = await serving(failingTwice(503, { 'retry-after': '8' }), { retry });
    const controller = new AbortController();
    const listed = failing(client.list({ signal: controller.signal }));
    await after(50);
    controller.abort();
    expect((await listed).kind).toBe('cancelled');
  });
});

describe('time', () => {
  it('is limited, and for a change it is said that the outcome is not known', async () => {
    const { client } = await serving(() => undefined, { timeoutMs: 50 });
    expect(await failing(client.list())).toMatchObject({ kind: 'timeout', details: { seconds: 1 } });
    expect(await failing(client.create(NEW))).toMatchObject({ kind: 'timeout', details: { reason: 'unfinished' } });
  });

  it('is limited while the body comes too', async () => {
    const { client } = await serving((_, response) => response.writeHead(200).write('{"secrets":['), { timeoutMs: 50 });
    expect((await failing(client.list())).kind).toBe('timeout');
  });

  it('ends with the caller’s abort, before and during a request', async () => {
    const { client, asked } = await serving(() => undefined);
    expect((await failing(client.list({ signal: AbortSignal.abort() }))).kind).toBe('cancelled');
    expect(asked).toHaveLength(0);
    const controller = new AbortController();
    const created = failing(client.create(NEW, { signal: controller.signal }));
    while (asked.length === 0) await after(1);
    controller.abort(new Error(CANARY));
    expect((await created).kind).toBe('cancelled');
  });
});

describe('the network', () => {
  const throwing = (error: Error) =>
    new SecretsClient({
      origin: 'https://iam.example',
      token: TOKEN,
      fetch: () => Promise.reject(error),
      retry: { attempts: 1, delayMs: 1 },
    });
  const caused = (code: string, depth = 1) => {
    let error: Error = Object.assign(new Error(CANARY), { code });
    for (let at = 0; at < depth; at++) error = new TypeError('fetch failed', { cause: error });
    return error;
  };

  it.each([
    ['ECONNREFUSED', 'offline'],
    ['ENOTFOUND', 'offline'],
    ['EAI_AGAIN', 'offline'],
    ['ECONNRESET', 'offline'],
    ['UND_ERR_SOCKET', 'offline'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'certificate'],
  ])('failing with %s means %s', async (code, kind) => {
    for (const depth of [0, 1, 2]) {
      expect(await failing(throwing(caused(code, depth)).list())).toMatchObject({
        kind,
        details: { host: 'iam.example', code },
      });
    }
  });

  it('failing on every address of a name is one failure', async () => {
    const errors = new AggregateError([caused('ECONNREFUSED', 0)], CANARY);
    expect((await failing(throwing(new TypeError('fetch failed', { cause: errors })).list())).details).toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('failing at a proxy is told from failing at the service', async () => {
    const refused = (status: number) =>
      new TypeError('fetch failed', { cause: new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`) });
    expect(await failing(throwing(refused(407)).list())).toMatchObject({
      kind: 'proxy',
      details: { reason: 'sign-in' },
    });
    expect(await failing(throwing(refused(403)).list())).toMatchObject({ kind: 'proxy' });
  });

  it('failing in a page, which gives no reason, is offline', async () => {
    expect((await failing(throwing(new TypeError('Failed to fetch')).list())).kind).toBe('offline');
  });

  it('breaking during a change leaves its outcome open; a refused connection does not', async () => {
    expect((await failing(throwing(caused('ECONNRESET')).create(NEW))).details['reason']).toBe('unfinished');
    expect((await failing(throwing(caused('ECONNREFUSED')).create(NEW))).details['reason']).toBeUndefined();
  });

  it('passes through what a fetch of ours says', async () => {
    expect((await failing(throwing(new SecretsError('impostor', 'x')).create(NEW))).kind).toBe('impostor');
  });

  it('of a service that is not the user’s own names its host, on this machine too', async () => {
    const { client, server, origin } = await serving(() => undefined, { own: false });
    await new Promise((resolve) => server.close(resolve));
    expect((await failing(client.list())).details).toMatchObject({ host: new URL(origin).host });
  });

  it('refused on this machine is offline, without a host', async () => {
    const { client, server, origin } = await serving(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    expect(await failing(client.list())).toMatchObject({ kind: 'offline', details: { code: 'ECONNREFUSED' } });
    expect((await failing(new SecretsClient({ origin }).create(NEW))).details['host']).toBeUndefined();
  });
});
