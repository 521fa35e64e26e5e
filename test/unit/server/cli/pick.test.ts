import { expect, it } from 'vitest';
import type { Secret } from '@datalayer-secrets/shared';
import { pick } from '../../../../server/src/cli/pick.ts';

const secret = (uid: string, name: string): Secret => ({ uid, name, description: '', type: 'key', kwargs: {} });

it('a word means the secret of this UID, else the one of this name', () => {
  const secrets = [secret('1', '2'), secret('2', 'B')];
  expect(pick(secrets, '2')).toBe(secrets[1]);
  expect(pick(secrets, 'B')).toBe(secrets[1]);
  expect(pick(secrets, 'C')).toBeNull();
});

it('a name that several secrets have is refused, with their UIDs', () => {
  const secrets = [secret('1', 'A'), secret('2', 'A')];
  expect(() => pick(secrets, 'A')).toThrow('Several secrets have this name. Choose one by its UID: 1, 2.');
  expect(pick(secrets, '2')).toBe(secrets[1]);
});
