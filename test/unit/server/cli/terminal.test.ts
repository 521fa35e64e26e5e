import { describe, expect, it } from 'vitest';
import { HiddenLine } from '../../../../server/src/cli/terminal.ts';

function type(...chunks: string[]) {
  const line = new HiddenLine();
  let result: boolean | null = null;
  for (const chunk of chunks) result ??= line.take(chunk);
  return { result, text: line.text };
}

describe('a hidden answer', () => {
  it.each([
    [['abc\r'], 'abc'],
    [['a', 'b', '\n'], 'ab'],
    [['abx\x7fc\r'], 'abc'],
    [['😀x\x7f\x7f\r'], ''],
    [['a\x1b[D\x1b[3~\x1bOPb\r'], 'ab'],
    [['\x1b[200~-----BEGIN-----\r\nKEY\r-----END-----\x1b[201~\r'], '-----BEGIN-----\nKEY\n-----END-----'],
    [['\x1b[20', '0~two\npieces\x1b', '[201~\r'], 'two\npieces'],
  ])('takes %j', (chunks, text) => {
    expect(type(...chunks)).toEqual({ result: true, text });
  });

  it.each(['abc\x03', 'abc\x04'])('is given up by %j', (keys) => {
    expect(type(keys).result).toBe(false);
  });
});
