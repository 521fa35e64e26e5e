import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readSlotContent } from '../../../../server/src/keys/slot-content.ts';
import { temporaryFolder } from '../../../fixtures/vault.ts';

function written(content: unknown): string {
  const file = path.join(temporaryFolder(), 'vault.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  return file;
}

const whole = (content: object = {}) => ({ format: 1, id: 'a-vault', slots: [], ...content });

it('vault.json is kept whole, with what this release does not know', () => {
  const content = whole({ slots: [{ kind: 'recovery', hint: 'on paper' }], note: 'of a later release' });
  expect(readSlotContent(written(content))).toEqual(content);
});

it('where there is none, there is nothing to read', () => {
  expect(readSlotContent(path.join(temporaryFolder(), 'vault.json'))).toBeNull();
});

it.each([
  ['no JSON', '{"format": 1,'],
  ['empty', ''],
  ['no object', 'null'],
  ['without a format', { id: 'a-vault', slots: [] }],
  ['without an id', { format: 1, slots: [] }],
  ['with an id that is none', whole({ id: '../x' })],
  ['without slots', { format: 1, id: 'a-vault' }],
  ['with slots that are none', whole({ slots: [null, 7, 'file', ['kind']] })],
  ['with slots that are no list', whole({ slots: { kind: 'file' } })],
])('one that is %s is named as damaged', (_, content) => {
  const file = written(content);
  expect(() => readSlotContent(file)).toThrow(
    expect.objectContaining({
      kind: 'integrity',
      details: { reason: 'vault-file', name: 'vault.json', path: path.dirname(file) },
    }),
  );
});

it('one of a newer format is named as such, whatever else is in it', () => {
  expect(() => readSlotContent(written({ format: 2 }))).toThrow(expect.objectContaining({ kind: 'newer_vault' }));
});
