import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../fixtures/cpu-time.ts';
import { looksPasted, restorePasted } from '../../../extension/src/input/pasted.ts';
import { ValueEntry } from '../../../extension/src/input/value-entry.ts';

const PEM = '-----BEGIN KEY-----\nMIIB\nAAAA\n-----END KEY-----\n';

describe('a text pasted into a one-line box', () => {
  it.each([
    ['Chromium', '-----BEGIN KEY----- MIIB AAAA -----END KEY-----'],
    ['blanks for all', '-----BEGIN KEY----- MIIB AAAA -----END KEY----- '],
    ['without breaks', '-----BEGIN KEY-----MIIBAAAA-----END KEY-----'],
    ['first line', '-----BEGIN KEY-----'],
  ])('gets its line breaks back, as %s flattened it', (_, flat) => {
    expect(restorePasted('', flat, PEM)).toBe(PEM);
    expect(restorePasted('', flat, PEM.replaceAll('\n', '\r\n'))).toBe(PEM.replaceAll('\n', '\r\n'));
  });

  it('keeps what stood before and after it', () => {
    expect(restorePasted('abcd', 'abx ycd', 'x\ny')).toBe('abx\nycd');
  });

  it('replaces what was selected', () => {
    expect(restorePasted('secret', 'x y', 'x\ny')).toBe('x\ny');
    expect(restorePasted('secret', 'sx yt', 'x\ny')).toBe('sx\nyt');
  });

  it('gets back the line break at its end that nobody sees', () => {
    expect(restorePasted('', 'token', 'token\n')).toBe('token\n');
  });

  it('is left alone when it is not what the clipboard holds, or that has one line', () => {
    expect(restorePasted('', 'typed text', 'x\ny')).toBeNull();
    expect(restorePasted('', 'one line', 'one line')).toBeNull();
    expect(restorePasted('', 'a x y b', 'x\ny')).toBeNull(); // a paste alone does not explain this
    expect(restorePasted('', '', '\n\n')).toBeNull();
  });

  it('takes no longer than its length asks for', () => {
    const text = `${'ab'.repeat(30_000)}\nb`;
    expect(cpuMs(() => restorePasted('ab'.repeat(20_000), 'ab'.repeat(32_000), text))).toBeLessThan(1_000);
  });
});

it('only a change of several characters at once looks like a paste', () => {
  expect(looksPasted('abc', 'abcd')).toBe(false);
  expect(looksPasted('abc', 'ab')).toBe(false);
  expect(looksPasted('abc', '')).toBe(false);
  expect(looksPasted('', 'pasted')).toBe(true);
  expect(looksPasted('aa', 'aaaa')).toBe(true);
  expect(looksPasted('selected', 'xy')).toBe(true);
});

describe('a value being entered', () => {
  it('is what is typed, else what is held', () => {
    const entry = new ValueEntry();
    expect(entry.isEmpty).toBe(true);
    entry.hold(PEM, { kind: 'clipboard' });
    expect(entry.value.expose()).toBe(PEM);
    expect(entry.source).toEqual({ kind: 'clipboard' });
    entry.type('typed');
    expect(entry.value.expose()).toBe('typed');
    expect(entry.source).toBeNull();
    entry.type('');
    expect(entry.value.expose()).toBe(PEM);
  });

  it('is trimmed only when asked to', () => {
    const entry = new ValueEntry();
    entry.hold(' x\n', { kind: 'file', name: 'x' });
    expect(entry.value.expose()).toBe(' x\n');
    entry.trim();
    expect(entry.value.expose()).toBe('x');
    expect(entry.source).toEqual({ kind: 'file', name: 'x' });
    entry.type(' typed ');
    entry.trim();
    expect(entry.typed).toBe('typed');
  });

  it('cannot be printed by accident', () => {
    const entry = new ValueEntry();
    entry.type('canary-typed');
    entry.hold('canary-held', { kind: 'clipboard' });
    entry.type('canary-typed');
    for (const text of [inspect(entry, { depth: 9, showHidden: true }), JSON.stringify(entry)]) {
      expect(text).not.toContain('canary');
    }
  });
});
