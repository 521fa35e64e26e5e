import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InProcess } from './app.ts';

// Answers as Datalayer's SDKs (Python datalayer-core 1.1 to 1.2, npm @datalayer/core 0.0 to 1.2) were seen to need them.

const BASES = ['/api/iam/v1', '/vaults/local/api/iam/v1'];
const base64 = (text: string) => Buffer.from(text).toString('base64');
const clientOf = (valueEncoding: 'plain' | 'base64') => ({
  valueEncoding,
  wire: (text: string) => (valueEncoding === 'base64' ? base64(text) : text),
});

describe.each([clientOf('plain'), clientOf('base64')])(
  'a server that writes values in $valueEncoding',
  ({ valueEncoding, wire }) => {
    let service: InProcess;
    let count = 0;
    beforeAll(async () => void (service = await InProcess.open(valueEncoding)));
    afterAll(() => service.close());

    const create = async (more: Record<string, unknown> = {}, base = BASES[0]) => {
      const body = { name: `NAME_${++count}`, description: 'd', variant: 'key', value: wire('a value'), ...more };
      const { status, json } = await service.ask('POST', `${base ?? ''}/secrets`, { body });
      expect(status).toBe(201);
      return json['secret'] as Record<string, string>;
    };
    const get = async (uid = '', headers: Record<string, string> = {}) =>
      (await service.ask('GET', `/api/iam/v1/secrets/${uid}`, { headers })).json['secret'] as Record<string, string>;

    it.each(BASES)('creates and lists below %s, without a value in either answer', async (base) => {
      const made = await create({}, base);
      const item = {
      id: made['uid'], uid: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/) as string, type_s: 'secret', variant_s: 'key',
      name_s: `NAME_${count}`, description_t: 'd', value_s: '', secret_type: 'key', kwargs: {},
      creation_ts_dt: expect.stringMatching(/^\d{4}-.*Z$/) as string, last_update_ts_dt: expect.stringMatching(/Z$/) as string,
    }; // prettier-ignore
      expect(made).toEqual(item);
      const { status, json } = await service.ask('GET', `${base}/secrets`);
      expect(status).toBe(200);
      expect(json).toMatchObject({ success: true, message: expect.any(String) as string });
      expect(json['secrets']).toContainEqual(item);
    });

    it('reads a secret with its value and says how it is written', async () => {
      const { uid } = await create();
      expect(await get(uid)).toMatchObject({ uid, value_s: wire('a value'), encoding: valueEncoding });
    });

    it('writes values as a request asks, whatever the setting', async () => {
      const { uid } = await create();
      expect(await get(uid, { 'x-value-encoding': 'plain' })).toMatchObject({ value_s: 'a value', encoding: 'plain' });
      expect(await get(uid, { 'x-value-encoding': 'base64' })).toMatchObject({
        value_s: base64('a value'),
        encoding: 'base64',
      });
      const { status } = await service.ask('GET', `/api/iam/v1/secrets/${uid ?? ''}`, {
        headers: { 'x-value-encoding': 'hex' },
      });
      expect(status).toBe(400);
    });

    it('takes the encoding that a body names over all else', async () => {
      const plain = await create({ value: 'password', encoding: 'plain' });
      const coded = await create({ value: base64('password'), encoding: 'base64' });
      expect((await get(plain['uid']))['value_s']).toBe(wire('password'));
      expect((await get(coded['uid']))['value_s']).toBe(wire('password'));
    });

    it('never guesses: a value that looks like base64 is stored as it was meant', async () => {
      const { uid } = await create({ value: wire('cGFzc3dvcmQ=') });
      expect((await get(uid))['value_s']).toBe(wire('cGFzc3dvcmQ='));
    });

    it.each(['', ' ', 'trailing\n', '\r\n\0\u{1f600}', '{"json": [1]}', 'x'.repeat(65_536)])(
      'round-trips %j byte by byte',
      async (text) => {
        const { uid } = await create({ value: wire(text) });
        expect(await get(uid, { 'x-value-encoding': 'base64' })).toMatchObject({ value_s: base64(text) });
      },
    );

    it('keeps bytes that are no text and writes them as base64', async () => {
      const { uid } = await create({ value: '/+8=', encoding: 'base64' });
      expect(await get(uid, { 'x-value-encoding': 'plain' })).toMatchObject({ value_s: '/+8=', encoding: 'base64' });
    });

    it('refuses 65,537 bytes with 413 and both numbers', async () => {
      const body = { name: 'TOO_LARGE', value: wire('x'.repeat(65_537)) };
      const { status, json } = await service.ask('POST', '/api/iam/v1/secrets', { body });
      expect(status).toBe(413);
      expect(json).toMatchObject({ code: 'too_large', details: { bytes: 65_537, limit: 65_536 } });
      expect(json['message']).toMatch(/65,?537.*65,?536/);
    });

    it.each([
      ['SecretVariant.GENERIC', 'generic'],
      ['SecretVariant.API_KEY', 'api_key'],
      ['Password', 'password'],
      ['mcp-oauth', 'mcp-oauth'],
      [undefined, 'generic'],
    ])('reads the variant %j as %j', async (variant, type) => {
      expect(await create({ variant })).toMatchObject({ variant_s: type, secret_type: type });
    });

    it.each([[null], [undefined], ['']])('reads the description %j as empty text, never null', async (description) => {
      expect((await create({ description }))['description_t']).toBe('');
    });

    it.each(['mcp:server-1', 'a-name-with-hyphens-that-has-forty-eight-letters', '😀', "'; DROP TABLE", 'with blanks'])(
      'takes the name %j',
      async (name) => {
        expect((await create({ name }))['name_s']).toBe(name);
      },
    );

    it('refuses a name that exists with 409, and one of 16 at once gets it', async () => {
      const results = await Promise.all(
        Array.from({ length: 16 }, () =>
          service.ask('POST', '/api/iam/v1/secrets', { body: { name: 'ONLY_ONE', value: wire('v') } }),
        ),
      );
      expect(results.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(15).fill(409)]);
      expect(results.find(({ status }) => status === 409)?.json['code']).toBe('conflict');
    });

    describe('PUT', () => {
      const put = (uid = '', body: object) => service.ask('PUT', `/api/iam/v1/secrets/${uid}`, { body });

      it.each([
        [{ name: 'RENAMED' }, { name_s: 'RENAMED', description_t: 'd', variant_s: 'key' }],
        [{ description: 'other' }, { description_t: 'other', variant_s: 'key' }],
        [{ variant: 'SecretVariant.TOKEN' }, { variant_s: 'token', description_t: 'd' }],
        [{}, { description_t: 'd' }],
      ])('changes what %j names and leaves the rest', async (body, expected) => {
        const { uid } = await create();
        const { status, json } = await put(
          uid,
          Object.fromEntries(
            Object.entries(body).map(([key, text]) => [key, key === 'name' ? `${text}_${count}` : text]),
          ),
        );
        expect(status).toBe(200);
        expect(json['secret']).toMatchObject({
          uid,
          value_s: '',
          ...expected,
          ...('name_s' in expected && { name_s: `RENAMED_${count}` }),
        });
      });

      it('takes the whole object with the value it has, as React sends it', async () => {
        const { uid } = await create();
        const whole = { id: uid, name: `WHOLE_${count}`, description: 'new', variant: 'key', value: wire('a value') };
        expect((await put(uid, whole)).json['secret']).toMatchObject({
          name_s: `WHOLE_${count}`,
          description_t: 'new',
        });
      });

      it('refuses another value with 409 `immutable` and changes nothing', async () => {
        const { uid } = await create();
        const { status, json } = await put(uid, { name: 'MUST_NOT_BE', value: wire('another value') });
        expect([status, json['code']]).toEqual([409, 'immutable']);
        expect(await get(uid)).toMatchObject({ name_s: `NAME_${count}`, value_s: wire('a value') });
      });

      it('refuses a name of another secret with 409 `conflict`', async () => {
        const [one, other] = [await create(), await create()];
        const { status, json } = await put(one['uid'], { name: other['name_s'] });
        expect([status, json['code']]).toEqual([409, 'conflict']);
      });
    });

    it('replaces a value under the same name in one step; the old secret is gone', async () => {
      const old = await create();
      const path = `/vaults/local/api/vault/v1/secrets/${old['uid'] ?? ''}/replace`;
      const { status, json } = await service.ask('POST', path, { body: { value: wire('new value') } });
      expect(status).toBe(200);
      const replaced = json['secret'] as Record<string, string>;
      expect(replaced).toMatchObject({ name_s: old['name_s'], description_t: 'd', variant_s: 'key', value_s: '' });
      expect((await get(replaced['uid']))['value_s']).toBe(wire('new value'));
      const again = await service.ask('GET', `/api/iam/v1/secrets/${old['uid'] ?? ''}`);
      if (replaced['uid'] !== old['uid']) expect(again.status).toBe(404);
    });

    it.each(['GET', 'PUT', 'DELETE'])('answers %s of an unknown uid with 404 and JSON', async (method) => {
      const { status, json } = await service.ask(method, '/api/iam/v1/secrets/01ARZ3NDEKTSV4RRFFQ69G5FAV', {
        ...(method === 'PUT' && { body: {} }),
      });
      expect([status, json['success'], json['code']]).toEqual([404, false, 'not_found']);
    });

    it('deletes with 200 and JSON, and a second time with 404', async () => {
      const { uid } = await create();
      expect((await service.ask('DELETE', `/api/iam/v1/secrets/${uid ?? ''}`)).json).toMatchObject({ success: true });
      expect((await service.ask('DELETE', `/api/iam/v1/secrets/${uid ?? ''}`)).status).toBe(404);
    });

    it('lists all values by name in plain text, entries of mcp at the top too, one audit event each', async () => {
      await create({ name: `mcp:${count}`, value: wire('oauth') });
      await create({ name: '__proto__', value: wire('odd name') });
      const names = (await service.ask('GET', '/api/iam/v1/secrets')).json['secrets'] as unknown[];
      const before = (await service.local.vault().audit({ limit: 1 }))[0]?.seq ?? 0;
      const { text, json } = await service.ask('GET', '/api/iam/v1/secrets/values');
      expect(json).toMatchObject({ success: true, [`mcp:${count - 2}`]: base64('oauth') });
      expect(json['secrets']).toMatchObject({ [`mcp:${count - 2}`]: 'oauth', NAME_1: 'a value' });
      expect(text).toContain('"__proto__":"odd name"');
      const events = await service.local.vault().audit({ limit: 1000 });
      expect(events.filter(({ seq, action }) => seq > before && action === 'reveal')).toHaveLength(names.length);
    });

    it.each(BASES)('says who one is below %s with all keys that clients read', async (base) => {
      const { json } = await service.ask('GET', `${base}/whoami`);
      expect(json).toMatchObject({ success: true, message: expect.any(String) as string });
      const text = expect.any(String) as string;
      expect(json['profile']).toMatchObject({
      id: text, uid: text, handle_s: text, email_s: null, first_name_t: text, last_name_t: text, roles_ss: ['platform_member'],
    }); // prettier-ignore
      expect((await service.ask('GET', `${base}/memberships`)).json).toMatchObject({ success: true, memberships: [] });
      for (const path of ['logout', 'authentication/logout']) {
        expect((await service.ask('GET', `${base}/${path}`)).status).toBe(200);
      }
    });

    it('signs in with a token of its own, and with nothing else', async () => {
      const token = service.token();
      const login = (body: object) => service.ask('POST', '/api/iam/v1/login', { body });
      expect((await login({ token })).json).toMatchObject({
        success: true,
        token,
        user: { uid: expect.any(String) as string },
      });
      expect((await login({ token })).status).toBe(201);
      expect((await login({ token: `${token}x` })).status).toBe(401);
      expect((await login({ handle: 'h', password: 'p' })).status).toBe(401);
    });

    it('is fair: reveals and lists are audited under the label of the client', async () => {
      const { uid } = await create();
      await service.ask('GET', `/api/iam/v1/secrets/${uid ?? ''}`, {
        headers: { authorization: `Bearer ${service.token('kernel', 'a notebook')}` },
      });
      const { json } = await service.ask('GET', '/vaults/local/api/vault/v1/audit?limit=1');
      expect(json['events']).toEqual([
        expect.objectContaining({
          action: 'reveal',
          uid,
          name: `NAME_${count}`,
          label: 'a notebook',
          scope: 'kernel',
          outcome: 'ok',
        }),
      ]);
    });

    it('pages through the audit trail, newest first', async () => {
      const events = async (query: string) =>
        (await service.ask('GET', `/vaults/local/api/vault/v1/audit?${query}`)).json['events'] as { seq: number }[];
      const [newest] = await events('limit=1');
      const before = newest?.seq ?? 0;
      expect((await events(`limit=2&before=${before}`)).map(({ seq }) => seq)).toEqual([before - 1, before - 2]);
      for (const query of ['limit=0', 'limit=x', 'before=-1', 'limit=1e3']) {
        expect((await service.ask('GET', `/vaults/local/api/vault/v1/audit?${query}`)).status).toBe(400);
      }
      expect((await service.ask('GET', '/vaults/local/api/vault/v1/audit/verify')).json).toMatchObject({ whole: true });
    });
  },
);

describe('a vault that is not open', () => {
  let service: InProcess;
  beforeAll(async () => {
    service = await InProcess.open();
    await service.local.lock({ label: 'a test', scope: 'full' });
  });
  afterAll(() => service.close());

  it.each([
    ['GET', '/api/iam/v1/secrets'],
    ['GET', '/api/iam/v1/secrets/values'],
    ['GET', '/api/iam/v1/secrets/01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    ['GET', '/vaults/local/api/vault/v1/audit'],
    ['DELETE', '/api/iam/v1/secrets/01ARZ3NDEKTSV4RRFFQ69G5FAV'],
  ])('answers %s %s with 423 `locked`', async (method, path) => {
    const { status, json } = await service.ask(method, path);
    expect([status, json['code']]).toEqual([423, 'locked']);
  });

  it('still says who one is, and lists the vaults', async () => {
    expect((await service.ask('GET', '/api/iam/v1/whoami')).status).toBe(200);
    const { json } = await service.ask('GET', '/api/vault/v1/vaults');
    expect(json['vaults']).toEqual([expect.objectContaining({ id: 'local', state: 'locked' })]);
  });
});
