import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue } from '../../../../server/src/http/values.ts';

describe('values on the wire', () => {
  it.each(['', 'plain', 'password', 'line\r\nbreaks\n', 'NUL \0 inside', '😀 é', '{"json":true}', ' blanks '])(
    'round-trips %j in both encodings',
    (text) => {
      for (const encoding of ['plain', 'base64'] as const) {
        const { value_s } = encodeValue(Buffer.from(text), encoding);
        expect(decodeValue(value_s, encoding).toString()).toBe(text);
      }
    },
  );

  it.each(['@@@@', 'YQ', 'YQ=', 'YQ==\n', ' YQ==', 'YQ==YQ==', 'YR==', '-_-_', 'YQ==x', 'Y Q=='])(
    'refuses %j as base64, which a lenient decoder would take',
    (text) => {
      expect(() => decodeValue(text, 'base64')).toThrow(
        expect.objectContaining({ kind: 'invalid', details: { field: 'value' } }),
      );
    },
  );

  it('takes 65,536 bytes and refuses 65,537 with both numbers, however they are written', () => {
    for (const encoding of ['plain', 'base64'] as const) {
      const written = (size: number) => encodeValue(Buffer.alloc(size, 'x'), encoding).value_s;
      expect(decodeValue(written(65_536), encoding)).toHaveLength(65_536);
      expect(() => decodeValue(written(65_537), encoding)).toThrow(
        expect.objectContaining({ kind: 'too_large', details: { bytes: 65_537, limit: 65_536 } }),
      );
    }
  });

  it('counts bytes, not characters', () => {
    expect(() => decodeValue('é'.repeat(32_769), 'plain')).toThrow(expect.objectContaining({ kind: 'too_large' }));
  });

  it('writes bytes that are no text as base64, whatever was asked for', () => {
    expect(encodeValue(Buffer.from([0xff, 0xfe]), 'plain')).toEqual({ value_s: '//4=', encoding: 'base64' });
  });

  it('wipes the bytes it has written', () => {
    const value = Buffer.from('secret');
    encodeValue(value, 'plain');
    expect(value).toEqual(Buffer.alloc(6));
  });
});
