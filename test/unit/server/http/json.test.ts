import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../fixtures/cpu-time.ts';
import { parseStrictJson } from '../../../../server/src/http/json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => parseStrictJson(bytes(text));

describe('strict JSON', () => {
  it.each([
    ['{"a":1,"b":"x"}', { a: 1, b: 'x' }],
    ['{"a":{"b":1},"c":{"b":2}}', { a: { b: 1 }, c: { b: 2 } }],
    ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['{"a":"{\\"a\\":1,\\"a\\":2}"}', { a: '{"a":1,"a":2}' }],
    ['{"a":"ends with a backslash \\\\","b":1}', { a: 'ends with a backslash \\', b: 1 }],
    ['{"a":["a","a",{"a":"a"}],"b":"a"}', { a: ['a', 'a', { a: 'a' }], b: 'a' }],
    ['{"a":"\\ud83d\\ude00"}', { a: '😀' }],
    ['  "text"  ', 'text'],
    ['{}', {}],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ['a key twice', '{"a":1,"a":2}'],
    ['a key twice in two spellings', '{"a":1,"\\u0061":2}'],
    ['a key twice further in', '{"x":[{"a":1,"b":{},"a":2}]}'],
    ['a key twice with blanks around', '{"a" : 1 ,\n "a" : 2}'],
    ['__proto__', '{"__proto__":{"x":1}}'],
    ['__proto__ in escapes', '{"\\u005f_proto__":1}'],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['half a surrogate pair in a key', '{"\\udc00":1}'],
    ['deep nesting', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['no JSON', '{"a":}'],
    ['nothing', ''],
    ['two texts', '{} {}'],
    ['a byte order mark', '\ufeff{}'],
  ])('refuses %s', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });

  it.each([
    ['overlong', [0x22, 0xc0, 0xaf, 0x22]],
    ['cut short', [0x22, 0xe2, 0x82, 0x22]],
    ['surrogates in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['Latin-1', [0x22, 0xe9, 0x22]],
  ])('refuses bytes that are not UTF-8: %s', (_, raw) => {
    expect(() => parseStrictJson(Uint8Array.from(raw))).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });

  it('never repeats the input in its message', () => {
    for (const text of ['{"canary":1,"canary":2}', 'canary', '{"a":"canary\\ud800"}']) {
      expect(() => parse(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('canary') as string }),
      );
    }
  });

  it('takes time in proportion to the length of the text', () => {
    const time = (text: string) => cpuMs(() => parse(text));
    const quotes = (n: number) => JSON.stringify({ a: '"\\'.repeat(n) });
    time(quotes(1_000));
    const [short, long] = [time(quotes(10_000)), time(quotes(100_000))];
    expect(long).toBeLessThan(Math.max(short, 1) * 100);
  });
});
