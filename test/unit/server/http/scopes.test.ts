import { describe, expect, it } from 'vitest';
import { mayDo, type Action } from '../../../../server/src/http/scopes.ts';

const ACTIONS: Record<Action, string> = {
  status: 'page full',
  open: 'page full',
  'sign-in': 'page full',
  list: 'page kernel full',
  edit: 'page full',
  reveal: 'kernel full',
  audit: 'page full',
  stop: 'full',
  'name-place': 'full',
};

describe('scopes', () => {
  for (const [action, scopes] of Object.entries(ACTIONS)) {
    it(`let ${scopes.replaceAll(' ', ', ')} and nobody else do: ${action}`, () => {
      const allowed = (['page', 'kernel', 'full'] as const).filter((scope) => mayDo(scope, action as Action));
      expect(allowed.join(' ')).toBe(scopes);
    });
  }
});
