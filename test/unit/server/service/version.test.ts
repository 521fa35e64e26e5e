import { expect, it } from 'vitest';
import { isOlder } from '../../../../server/src/service/version.ts';

it.each([
  ['0.1.0', '0.2.0', true],
  ['0.9.9', '0.10.0', true],
  ['1.0.0', '1.0.0', false],
  ['1.0.1', '1.0.0', false],
  ['2.0.0', '10.0.0', true],
  ['1.2', '1.2.1', true],
])('%s is older than %s: %s', (version, than, older) => {
  expect(isOlder(version, than)).toBe(older);
});
