import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { WrongPassphrases } from '../../../../server/src/service/wrong-passphrases.ts';
import { temporaryFolder } from '../../../fixtures/vault.ts';

const PAGE = { label: 'a page', scope: 'page' } as const;
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 8, minute)).toISOString();
const file = () => path.join(temporaryFolder(), 'wrong-passphrases.json');

it('wrong passphrases are counted, with the times of the first and the last, across services, until they are recorded', () => {
  const place = file();
  const wrong = new WrongPassphrases(place);
  expect(wrong.tally).toBeNull();
  wrong.add({ label: 'VS Code', scope: 'full' }, at(1));
  wrong.add(PAGE, at(2));
  expect((statSync(place).mode & 0o777).toString(8)).toBe('600');
  const next = new WrongPassphrases(place);
  next.add(PAGE, at(3));
  expect(next.tally).toEqual({ count: 3, first: at(1), last: at(3), by: PAGE });
  next.clear();
  expect([next.tally, existsSync(place)]).toEqual([null, false]);
});

it('a file that is not ours counts as none, so that nothing of it reaches the trail', () => {
  const place = file();
  new WrongPassphrases(place).add(PAGE, at(1));
  const whole = JSON.parse(readFileSync(place, 'utf8')) as { by: object };
  for (const content of [
    '', 'null', '[]', JSON.stringify({ ...whole, count: 0 }), JSON.stringify({ ...whole, count: 1e300 }),
    JSON.stringify({ ...whole, first: 'once upon a time' }), JSON.stringify({ ...whole, by: { ...whole.by, scope: 'root' } }),
    JSON.stringify({ ...whole, by: { ...whole.by, label: 'two\nlines' } }), JSON.stringify({ ...whole, by: null }),
  ]) {
    writeFileSync(place, content);
    expect([content, new WrongPassphrases(place).tally]).toEqual([content, null]);
  }
}); // prettier-ignore

it('where it cannot be written the count goes on for this service', () => {
  const wrong = new WrongPassphrases(path.join(temporaryFolder(), 'no folder', 'file'));
  wrong.add(PAGE, at(1));
  wrong.add(PAGE, at(2));
  expect(wrong.tally?.count).toBe(2);
});
