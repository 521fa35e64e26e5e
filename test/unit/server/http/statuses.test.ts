import { describe, expect, it } from 'vitest';
import { ERROR_KINDS, SecretsError } from '@datalayer-secrets/shared';
import { STATUS, toFailure } from '../../../../server/src/http/statuses.ts';

describe('errors as answers', () => {
  it.each(ERROR_KINDS)('%s has a status of a failure and its own name as code', (kind) => {
    const { status, body } = toFailure(new SecretsError(kind, 'A sentence.', { field: 'name' }));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(body).toEqual({ success: false, message: 'A sentence.', code: kind, details: { field: 'name' } });
  });

  it.each([
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['immutable', 409],
    ['invalid', 400],
    ['too_large', 413],
    ['setup_needed', 423],
    ['locked', 423],
    ['rate_limited', 429],
    ['integrity', 500],
    ['audit_unavailable', 503],
    ['busy', 503],
    ['disk_full', 507],
  ] as const)('%s is %d, as clients of the secrets API expect', (kind, status) => {
    expect(STATUS[kind]).toBe(status);
  });

  it('says one fixed sentence for an error that is not ours, and nothing of its text', () => {
    const { status, body } = toFailure(new TypeError('canary in a message'));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('canary');
    expect(body.code).toBe('unexpected');
  });
});
