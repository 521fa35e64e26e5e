import { expect, it } from 'vitest';
import { slotKinds } from '../../../../server/src/keys/slot-kinds.ts';

it('the slots of a vault are those of known kinds, in one order', () => {
  const slots = ['file', 'recovery', 'passphrase', 'file'].map((kind) => ({ kind }));
  expect(slotKinds(slots)).toEqual(['passphrase', 'file']);
});
