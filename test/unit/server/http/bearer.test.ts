import { describe, expect, it } from 'vitest';
import { bearerOf, Failures } from '../../../../server/src/http/bearer.ts';

describe('bearer', () => {
  it.each([
    ['Bearer abc.DEF-1_2', 'abc.DEF-1_2'],
    ['bearer abc', 'abc'],
    ['Basic abc', null],
    ['Bearer', null],
    ['Bearer ', null],
    ['Bearer a b', null],
    ['Bearer  abc', null],
    [`Bearer ${'x'.repeat(5001)}`, null],
    [undefined, null],
  ])('reads %j as %j', (header, token) => {
    expect(bearerOf(header)).toBe(token);
  });

  it('answers twenty failures at once, then one per second', () => {
    let now = 0;
    const failures = new Failures(() => now);
    const kinds = Array.from({ length: 22 }, () => failures.next().kind);
    expect(kinds.filter((kind) => kind === 'unauthenticated')).toHaveLength(20);
    expect(failures.next()).toMatchObject({ kind: 'rate_limited', details: { seconds: 1 } });
    now += 1_000;
    expect(failures.next().kind).toBe('unauthenticated');
    expect(failures.next().kind).toBe('rate_limited');
  });
});
