import { describe, expect, it } from 'vitest';
import { SecretsError } from '../../../shared/src/errors.ts';
import { SecretValue } from '../../../shared/src/secret.ts';
import { decodeBase64, encodeBase64, readValue, writeValue } from '../../../shared/src/values.ts';

const reasonOf = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    if (error instanceof SecretsError) return `${error.kind} ${error.details['reason']}`;
  }
  return 'nothing';
};

describe('base64', () => {
  it('is what Node writes, for every length and byte', () => {
    for (let length = 0; length < 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 255);
      const text = Buffer.from(bytes).toString('base64');
      expect(encodeBase64(bytes)).toBe(text);
      expect(decodeBase64(text)).toEqual(bytes);
    }
  });

  it.each([
    'a',
    'ab',
    'abc',
    'YQ',
    'YQ=',
    'YQ==\n',
    ' YQ==',
    'Y Q=',
    'YR==',
    'YWJ=',
    'Y-_=',
    '====',
    'YQ==YQ==',
    '@@@@',
    'é',
  ])('is not %j, though lenient decoders take it', (text) => {
    expect(decodeBase64(text)).toBeNull();
  });
});

describe('a value on the wire', () => {
  it.each(['', 'plain', 'vàl✓', '\ufeffwith a byte order mark', 'a\0b\r\n', '😀'.repeat(16_384), 'cGFzc3dvcmQ='])(
    'comes back as it was in both encodings',
    (text) => {
      for (const encoding of ['plain', 'base64'] as const) {
        expect(readValue(writeValue(new SecretValue(text), encoding), encoding).expose()).toBe(text);
      }
    },
  );

  it('is written as Python writes it', () => {
    expect(writeValue(new SecretValue('vàl✓'), 'base64')).toBe('dsOgbOKckw==');
  });

  it('that is not base64 where base64 was agreed is refused, not turned into something', () => {
    expect(reasonOf(() => readValue('not base64!', 'base64'))).toBe('protocol encoding');
  });

  it('whose bytes are no text is refused, Latin-1 included', () => {
    expect(reasonOf(() => readValue('6Q==', 'base64'))).toBe('protocol binary');
    expect(reasonOf(() => readValue('\ud800', 'plain'))).toBe('protocol binary');
  });

  it('that looks like base64 stays as it is where plain was agreed', () => {
    expect(readValue('password', 'plain').expose()).toBe('password');
  });
});
