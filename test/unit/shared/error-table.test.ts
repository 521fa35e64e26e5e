import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ERROR_TABLE, explain, failure, toSecretsError, type ErrorAction } from '../../../shared/src/error-table.ts';
import { ERROR_KINDS, SecretsError } from '../../../shared/src/errors.ts';

// prettier-ignore
const ACTIONS: ErrorAction[] = [
  'retry', 'unlock', 'set-up', 'sign-in', 'open-log', 'refresh', 'choose-name', 'replace-value', 'open-settings', 'update', 'show-existing',
];

/** Whatever an error of ours may carry, so that every placeholder can be filled. */
// prettier-ignore
const DETAILS = {
  account: 'ada', before: 'bob', bytes: 65_537, code: 'CERT_HAS_EXPIRED', field: 'name', host: 'example.com', limit: 65_536, name: 'A',
  path: '/home/ada', seconds: 7, status: 500, vault: 'datalayer',
};

describe('the table of errors', () => {
  it('has a row for every kind', () => {
    expect(Object.keys(ERROR_TABLE).sort()).toEqual([...ERROR_KINDS].sort());
  });

  it.each(ERROR_KINDS)('says of %s what happened and what to do, without any detail', (kind) => {
    const { what, advice, actions } = explain(new SecretsError(kind, 'x'));
    expect(what).toMatch(/^[A-Z].+[.]$/);
    expect(advice).toMatch(/^[A-Z].+[.]$/);
    expect(`${what} ${advice}`).not.toMatch(/[{}]/);
    expect(actions.filter((action) => !ACTIONS.includes(action))).toEqual([]);
    expect(actions.length > 0 || kind === 'cancelled').toBe(true);
  });

  it.each(ERROR_KINDS)('fills every placeholder of %s', (kind) => {
    for (const { reason } of ERROR_TABLE[kind]) {
      const { what, advice } = explain(
        new SecretsError(kind, 'x', { ...DETAILS, ...(reason === undefined ? {} : { reason }) }),
      );
      expect(`${what} ${advice}`).not.toMatch(/[{}]/);
    }
  });

  it.each(ERROR_KINDS)('can reach each row of %s', (kind) => {
    const rows = ERROR_TABLE[kind];
    const reached = rows.map((row) => {
      const names = Array.from(`${row.what}${row.advice}`.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? '');
      const details: Record<string, string> = Object.fromEntries(names.map((name) => [name, 'x']));
      const text = explain(
        new SecretsError(kind, 'x', { ...details, ...(row.reason === undefined ? {} : { reason: row.reason }) }),
        (template) => template,
      );
      return text.what === row.what && text.advice === row.advice;
    });
    expect(reached).toEqual(rows.map(() => true));
  });

  it('names numbers, hosts and names where the error knows them', () => {
    expect(explain(failure('too_large', { bytes: 65_537, limit: 65_536 })).what).toBe(
      'The value has 65537 bytes; at most 65536 are possible.',
    );
    expect(explain(failure('rate_limited', { seconds: 7 })).advice).toBe('Wait 7 seconds, then try again.');
    expect(explain(failure('elsewhere', { host: 'pod-2' })).what).toContain('pod-2');
    expect(explain(failure('conflict', { name: 'A' })).what).toBe('A secret named A exists already.');
    expect(explain(failure('certificate', { host: 'h', code: 'CERT_HAS_EXPIRED' })).what).toContain('CERT_HAS_EXPIRED');
  });

  it('hands templates and details to a translator', () => {
    const seen: unknown[] = [];
    explain(failure('rate_limited', { seconds: 7 }), (template, values) => (seen.push([template, values]), template));
    expect(seen).toContainEqual(['Wait {seconds} seconds, then try again.', { seconds: 7 }]);
  });

  it('never shows the message of an error', () => {
    expect(JSON.stringify(explain(new SecretsError('server', 'canary-7c1d')))).not.toContain('canary-7c1d');
  });
});

describe('anything that was thrown', () => {
  it('stays itself when it is ours', () => {
    const error = new SecretsError('conflict', 'x');
    expect(toSecretsError(error)).toBe(error);
  });

  it('is cancelled after an abort, whatever the abort was', () => {
    const controller = new AbortController();
    controller.abort();
    expect(toSecretsError(controller.signal.reason).kind).toBe('cancelled');
    expect(toSecretsError(new DOMException('x', 'TimeoutError')).kind).toBe('timeout');
  });

  it('is told by what broke the connection, which Node hides in the cause', () => {
    const refused = new TypeError('fetch failed', {
      cause: Object.assign(new Error('canary-7c1d'), { code: 'ECONNREFUSED' }),
    });
    expect(toSecretsError(refused)).toMatchObject({ kind: 'offline', details: { code: 'ECONNREFUSED' } });
    expect(toSecretsError(Object.assign(new Error(), { code: 'CERT_HAS_EXPIRED' })).kind).toBe('certificate');
    expect(toSecretsError(Object.assign(new Error(), { code: 'ENOENT' })).kind).toBe('unexpected');
  });

  it.each([
    new TypeError('canary-7c1d'),
    new Error('x', { cause: new Error('canary-7c1d') }),
    'canary-7c1d',
    { canary: 'canary-7c1d' },
    null,
    undefined,
  ])('keeps nothing of an unknown message: %#', (thrown) => {
    const error = toSecretsError(thrown);
    expect(error.kind).toBe('unexpected');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary-7c1d');
  });

  it('still says where an unknown error came from', () => {
    expect(toSecretsError(new TypeError('x')).stack).toMatch(/\(TypeError\)\n\s+at .*error-table\.test/);
  });

  it('keeps no multi-line message among those lines', () => {
    expect(toSecretsError(new Error('first\n    at canary-7c1d')).stack).not.toContain('canary-7c1d');
  });
});
