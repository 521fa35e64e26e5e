import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../fixtures/cpu-time.ts';
import { parseAccount, parseValue } from '../../../shared/src/program-wire.ts';
import { isUsableUid, parseList, parseSecret, parseStatus, parseVaults } from '../../../shared/src/wire.ts';
import { item } from './listening.ts';

const CANARY = 'canary-7c1d';

describe('a secret in a list', () => {
  it('keeps its four facts, and other scalars as kwargs', () => {
    expect(parseSecret(item({ creation_ts_dt: '2026-11-24T05:00:00Z', shared_b: true, size: 3, owner: null }))).toEqual(
      {
        uid: '01KADR0000000000000000000A',
        name: 'OPENAI_API_KEY',
        description: 'for tests',
        type: 'key',
        kwargs: { creation_ts_dt: '2026-11-24T05:00:00Z', shared_b: true, size: 3, owner: null },
      },
    );
  });

  it('never keeps a value, whatever field it comes in', () => {
    const hidden = {
      value: CANARY,
      value_s: CANARY,
      VALUE: CANARY,
      plainValue: CANARY,
      secret_value_t: CANARY,
      values: [CANARY],
    };
    const secret = parseSecret(
      item({
        ...hidden,
        kwargs: { ...hidden, ok: 1, nested: { value: CANARY } },
        object: { x: CANARY },
        list: [CANARY],
      }),
    );
    expect(secret?.kwargs).toEqual({ ok: 1 });
    expect(JSON.stringify(secret)).not.toContain(CANARY);
  });

  it('drops texts that are too long to be facts', () => {
    expect(parseSecret(item({ content: 'x'.repeat(501), note: 'x'.repeat(500) }))?.kwargs).toEqual({
      note: 'x'.repeat(500),
    });
  });

  it('needs neither description nor type nor the names of one generation', () => {
    expect(parseSecret({ uid: 'u1', name: 'A' })).toEqual({
      uid: 'u1',
      name: 'A',
      description: '',
      type: 'generic',
      kwargs: {},
    });
    expect(parseSecret({ id: 'u1', name_s: 'A', description_t: null, variant: 'token' })).toMatchObject({
      uid: 'u1',
      type: 'token',
    });
    expect(parseSecret(item({ variant_s: undefined, secret_type: 'password' }))).toMatchObject({ type: 'password' });
  });

  it.each([
    ['SecretVariant.GENERIC', 'generic'],
    ['SecretVariant.KEY', 'key'],
    ['mcp-oauth', 'mcp-oauth'],
    ['api_key', 'api_key'],
    ['Anything', 'Anything'],
  ])('has the type %s as %s', (variant, type) => {
    expect(parseSecret(item({ variant_s: variant }))?.type).toBe(type);
  });

  it.each(['01KADR0000000000000000000A', 'dlsec_0Aa', '42', 'with~tilde', 'a:b', '...'])(
    'may have the uid %s',
    (uid) => {
      expect(parseSecret(item({ uid }))?.uid).toBe(uid);
    },
  );

  it.each(['.', '..', 'a/b', 'a\\b', 'a b', 'a\nb', '', 'é', 'values', 'provider', 'x'.repeat(129)])(
    'cannot have the uid %j',
    (uid) => {
      expect(isUsableUid(uid)).toBe(false);
      expect(parseSecret({ uid, name_s: 'A' })).toBeNull();
    },
  );

  it('does not reach the prototype of its kwargs', () => {
    const secret = parseSecret(
      JSON.parse('{"uid":"u","name_s":"A","__proto__":null,"kwargs":{"__proto__":"x","constructor":"y"}}'),
    );
    expect(Object.getPrototypeOf(secret?.kwargs)).toBe(Object.prototype);
    expect(Object.entries(secret?.kwargs ?? {})).toEqual([['constructor', 'y']]);
  });
});

describe('a list', () => {
  it('survives items that cannot be read, and counts them', () => {
    const { secrets, skipped } = parseList({
      secrets: [item(), null, 'x', [], { uid: 'u' }, { name_s: 'A' }, item({ uid: '..', id: '..' })],
    });
    expect(secrets.map(({ name }) => name)).toEqual(['OPENAI_API_KEY']);
    expect(skipped).toBe(6);
  });

  it.each([{}, { secrets: null }, { secrets: {} }, { secrets: [{}] }, [], null, 'x', undefined])(
    'of the form %j makes no sense',
    (body) => {
      expect(() => parseList(body)).toThrow(expect.objectContaining({ kind: 'protocol' }));
    },
  );

  it('may be empty', () => {
    expect(parseList({ secrets: [] })).toEqual({ secrets: [], skipped: 0 });
  });

  it('of 10,000 is parsed in no time to speak of', () => {
    const body = {
      secrets: Array.from({ length: 10_000 }, (_, at) =>
        item({ uid: `u${at}`, creation_ts_dt: '2026', last_update_ts_dt: '2026', kwargs: {} }),
      ),
    };
    const spent = cpuMs(() => expect(parseList(body).secrets).toHaveLength(10_000));
    expect(spent).toBeLessThan(500);
  });
});

describe('a value', () => {
  it('is read by the marker of the answer before the setting of the client', () => {
    expect(parseValue({ secret: { value_s: 'YQ==', encoding: 'base64' } }, 'plain').expose()).toBe('a');
    expect(parseValue({ secret: { value_s: 'YQ==', encoding: 'plain' } }, 'base64').expose()).toBe('YQ==');
    expect(parseValue({ secret: { value_s: 'YQ==' }, encoding: 'base64' }, 'plain').expose()).toBe('a');
    expect(parseValue({ secret: { value_s: 'YQ==' } }, 'base64').expose()).toBe('a');
    expect(parseValue({ secret: { value_s: 'YQ==', encoding: null } }, 'plain').expose()).toBe('YQ==');
    expect(parseValue({ secret: { value_s: '' } }, 'plain').expose()).toBe('');
  });

  it.each([
    {},
    { secret: {} },
    { secret: { value_s: null } },
    { secret: { value_s: 1 } },
    { secret: { value_s: CANARY, encoding: 'rot13' } },
  ])('that is not there is an error that does not repeat the answer: %#', (body) => {
    expect(() => parseValue(body, 'plain')).toThrow(expect.objectContaining({ kind: 'protocol', details: {} }));
  });
});

describe('an account', () => {
  it('is read in both spellings', () => {
    expect(parseAccount({ profile: { uid: 'u', handle_s: 'ada', email_s: 'ada@example.com' } })).toEqual({
      uid: 'u',
      handle: 'ada',
      email: 'ada@example.com',
    });
    expect(parseAccount({ profile: { id: 'u', handle: 'ada', email_s: null } })).toEqual({
      uid: 'u',
      handle: 'ada',
      email: null,
    });
    expect(parseAccount({ profile: { uid: 'u' } })).toEqual({ uid: 'u', handle: 'u', email: null });
    expect(() => parseAccount({ me: {} })).toThrow(expect.objectContaining({ kind: 'protocol' }));
  });
});

describe('vaults', () => {
  const vault = {
    id: 'local',
    kind: 'local',
    label: 'Local',
    origin: null,
    state: 'open',
    account: null,
    tokenPlace: null,
    failure: null,
    revision: 1,
  };

  it('of a kind that only a newer service knows do not hide the others', () => {
    expect(parseVaults({ vaults: [vault, { ...vault, id: 'r-1', kind: 'cloud' }], offers: [] }).vaults).toEqual([
      vault,
    ]);
  });

  it('say how many secrets are damaged, if any', () => {
    const damagedOf = (damaged: unknown) => parseVaults({ vaults: [{ ...vault, damaged }], offers: [] }).vaults;
    expect(damagedOf(2)).toEqual([{ ...vault, damaged: 2 }]);
    for (const none of [0, null, '2']) expect(damagedOf(none)).toStrictEqual([vault]);
  });

  it('make no sense where none of them does', () => {
    const unknown = { vaults: [{ ...vault, kind: 'cloud' }], offers: [] };
    expect(() => parseVaults(unknown)).toThrow(expect.objectContaining({ kind: 'protocol' }));
  });

  it('may be none at all', () => {
    expect(parseVaults({ vaults: [], offers: [] })).toEqual({ vaults: [], offers: [] });
  });
});

describe('the status', () => {
  const status = {
    version: '0.1.0', protocol: 1, host: 'here', pid: 1, state: 'locked', slots: [], openedBy: null, keychain: 'available',
    quietUnlock: false,
  }; // prettier-ignore
  const failureIn = (failure: unknown) => parseStatus({ status: { ...status, failure } }).failure;

  it('says why no key opens the vault, with those details only that can be shown', () => {
    const details = { name: 'vault.json', path: '/home/ada', reason: 'vault-file', content: CANARY };
    expect(failureIn({ code: 'integrity', details })).toEqual({
      code: 'integrity',
      details: { name: 'vault.json', path: '/home/ada', reason: 'vault-file' },
    });
  });

  it('has no cause where none is known, and one that only a newer service knows is unexpected', () => {
    expect(parseStatus({ status })).not.toHaveProperty('failure');
    expect(failureIn({ code: 'moved_away' })).toEqual({ code: 'unexpected', details: {} });
    expect(failureIn(CANARY)).toEqual({ code: 'unexpected', details: {} });
  });
});
