import { describe, expect, it } from 'vitest';
import { decodeFields, encodeFields, numberOf, textOf } from '../../../../server/src/vault/fields.ts';

describe('fields', () => {
  it('come back as they were: text, bytes and whole numbers up to 2^53 - 1', () => {
    const fields = decodeFields(
      encodeFields([[1, 'naïve 🔑'], [2, Buffer.from([0, 255])], [3, Number.MAX_SAFE_INTEGER], [4, '']]), // prettier-ignore
    );
    expect(textOf(fields.get(1))).toBe('naïve 🔑');
    expect(fields.get(2)).toEqual(Buffer.from([0, 255]));
    expect(numberOf(fields.get(3))).toBe(Number.MAX_SAFE_INTEGER);
    expect(fields.get(4)).toHaveLength(0);
  });

  it('differ whenever the lists differ, however the texts are cut', () => {
    const encodings = [
      encodeFields([[1, 'ab'], [2, 'c']]), // prettier-ignore
      encodeFields([[1, 'a'], [2, 'bc']]), // prettier-ignore
      encodeFields([[1, 'abc'], [2, '']]), // prettier-ignore
      encodeFields([[1, 'abc']]),
      encodeFields([[2, 'abc']]),
    ].map((bytes) => bytes.toString('hex'));
    expect(new Set(encodings).size).toBe(encodings.length);
  });

  it('that are cut off are refused', () => {
    const bytes = encodeFields([[1, 'abc']]);
    for (let length = 1; length < bytes.length; length++)
      expect(() => decodeFields(bytes.subarray(0, length))).toThrow(RangeError);
  });
});
