import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CLIPBOARD_MS, ClipboardGuard } from '../../../extension/src/clipboard.ts';

let content = '';
let readable = true;
const clipboard = {
  readText: () => Promise.resolve(content),
  writeText: (text: string) => {
    content = text;
    return Promise.resolve();
  },
};

beforeEach(() => {
  vi.useFakeTimers();
  content = 'before';
  readable = true;
});
afterEach(() => {
  vi.useRealTimers();
});

it('a copied value is cleared after a minute, not before', async () => {
  await new ClipboardGuard(clipboard).copy('canary');
  await vi.advanceTimersByTimeAsync(CLIPBOARD_MS - 1);
  expect(content).toBe('canary');
  await vi.advanceTimersByTimeAsync(1);
  expect(content).toBe('');
});

it('what was copied meanwhile stays', async () => {
  await new ClipboardGuard(clipboard).copy('canary');
  content = 'something else';
  await vi.advanceTimersByTimeAsync(CLIPBOARD_MS);
  expect(content).toBe('something else');
});

it('a second value gets its own minute', async () => {
  const guard = new ClipboardGuard(clipboard);
  await guard.copy('first');
  await vi.advanceTimersByTimeAsync(CLIPBOARD_MS / 2);
  await guard.copy('second');
  await vi.advanceTimersByTimeAsync(CLIPBOARD_MS / 2);
  expect(content).toBe('second');
  await vi.advanceTimersByTimeAsync(CLIPBOARD_MS / 2);
  expect(content).toBe('');
});

it('is cleared when the editor ends, and only then when it still holds the value', async () => {
  const guard = new ClipboardGuard(clipboard);
  await guard.copy('canary');
  await guard.clear();
  expect(content).toBe('');
  content = 'later';
  await guard.clear();
  expect(content).toBe('later');
});

it('a page without the focus clears it as soon as it has the focus again', async () => {
  const guard = new ClipboardGuard(clipboard, () => readable);
  await guard.copy('canary');
  readable = false;
  await vi.advanceTimersByTimeAsync(CLIPBOARD_MS);
  expect(content).toBe('canary');
  readable = true;
  await guard.retry();
  expect(content).toBe('');
});

it('getting the focus before the minute is over clears nothing', async () => {
  const guard = new ClipboardGuard(clipboard);
  await guard.copy('canary');
  await guard.retry();
  expect(content).toBe('canary');
  guard.forget();
});

it('keeps no value itself', async () => {
  const guard = new ClipboardGuard(clipboard);
  await guard.copy('canary');
  expect(inspect(guard, { depth: 9, showHidden: true })).not.toContain('canary');
  guard.forget();
});
