import { expect, it } from 'vitest';
import { slotKinds } from '../../../../server/src/keys/slot-kinds.ts';

const file = (content: object) => ({ format: 1, id: 'a-vault', slots: [], ...content });

it('the slots of a vault are those of known kinds, in one order', () => {
  const slots = ['file', 'recovery', 'passphrase', 'file'].map((kind) => ({ kind }));
  expect(slotKinds(file({ slots }))).toEqual(['passphrase', 'file']);
});

it.each([
  ['missing', null],
  ['of a newer format', file({ format: 2, slots: [{ kind: 'file' }] })],
  ['no object', 'text'],
  ['without slots', { format: 1 }],
  ['with slots that are none', file({ slots: [null, 7, 'file', ['kind']] })],
  ['with slots that are no list', file({ slots: { kind: 'file' } })],
])('there are none in a file that is %s', (_, content) => {
  expect(slotKinds(content)).toEqual([]);
});
