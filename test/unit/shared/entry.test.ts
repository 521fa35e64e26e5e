import {
  countLines,
  failure,
  faultyPart,
  generatePassword,
  inEnglish,
  passphraseProblem,
  SecretValue,
} from '@datalayer-secrets/shared';
import { describe, expect, it } from 'vitest';

it.each([
  ['', 0],
  ['x', 1],
  ['x\n', 1],
  ['x\ny', 2],
  ['x\r\ny\r\n', 2],
  ['x\ry', 2],
  ['\n', 1],
])('counts the lines of %j as %i', (text, lines) => {
  expect(countLines(text)).toBe(lines);
});

describe('a generated password', () => {
  it('has 24 characters, all of them different from run to run', () => {
    const passwords = new Set(Array.from({ length: 50 }, () => generatePassword()));
    expect(passwords.size).toBe(50);
    for (const password of passwords) expect(password).toMatch(/^[A-Za-z2-9_-]{24}$/);
  });

  it('favours no letter: what a byte cannot divide evenly is drawn again', () => {
    const bytes = [255, 236, 0, 59, 235];
    const drawn = (into: Uint8Array<ArrayBuffer>) => into.fill(0).map(() => bytes.shift() ?? 1);
    expect(generatePassword(3, drawn)).toBe('AA_');
  });
});

it('takes a passphrase from 8 bytes on', () => {
  expect(passphraseProblem(inEnglish, new SecretValue('1234567'))).toContain('8 characters or more');
  expect(passphraseProblem(inEnglish, new SecretValue('12345678'))).toBeNull();
  expect(passphraseProblem(inEnglish, new SecretValue('éééé'))).toBeNull();
});

it.each([
  ['name', failure('conflict', { name: 'X' })],
  ['value', failure('too_large', { limit: 1 })],
  ['value', failure('invalid', { field: 'value' })],
  ['description', failure('invalid', { field: 'description' })],
  [null, failure('invalid', { field: 'origin' })],
  [null, failure('offline')],
])('says that %s was refused', (part, error) => {
  expect(faultyPart(error)).toBe(part);
});
