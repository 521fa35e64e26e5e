import { expect, it } from 'vitest';
import { inLabel, inMessage } from '../../../extension/src/shown.ts';
import { oneLine } from '@datalayer-secrets/shared';

it('a name in a message is no link, has one line, and is not endless', () => {
  expect(inMessage('[free](command:evil)')).not.toMatch(/\]\(/);
  expect(inMessage('a\r\nb')).toBe('a b');
  expect(inMessage('x'.repeat(500))).toHaveLength(80);
});

it('a name in a row is no icon', () => {
  expect(inLabel('$(warning) trust me')).toBe('\\$(warning) trust me');
});

it('marks that turn the direction of text are gone', () => {
  expect(oneLine('\u202egnp.exe')).toBe('gnp.exe');
});
