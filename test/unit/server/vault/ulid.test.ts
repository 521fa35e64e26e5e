import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { UlidSource } from '../../../../server/src/vault/ulid.ts';

const SHAPE = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

describe('ULIDs', () => {
  it('write the time as the specification does', () => {
    expect(new UlidSource(() => Buffer.alloc(10)).next(1469918176385)).toBe(`01ARYZ6S41${'0'.repeat(16)}`);
  });

  it('grow within a millisecond, and when the clock steps back', () => {
    const source = new UlidSource(randomBytes);
    const ids = Array.from({ length: 5000 }, (_, i) => source.next(i < 2500 ? 1_800_000_000_000 : 1_700_000_000_000));
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.every((id) => SHAPE.test(id))).toBe(true);
  });

  it('go on after the last one that exists', () => {
    const last = '7ZZZZZZZZZ0000000000000ZZZ';
    expect(new UlidSource(randomBytes, last).next(1)).toBe('7ZZZZZZZZZ0000000000001000');
  });

  it('have room to grow whatever the random bytes are', () => {
    const source = new UlidSource(() => Buffer.alloc(10, 255), '');
    const first = source.next(5);
    expect(source.next(5) > first).toBe(true);
  });
});
