import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Interpreters, isQuiet } from '../../../../server/src/service/interpreters.ts';

it('a quiet unlock is known per interpreter, until the keychain asks or refuses; none is once the user has locked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'interpreters-'));
  const file = join(folder, 'interpreters.json');
  try {
    const [editor, jupyter] = [new Interpreters(file, '/editor'), new Interpreters(file, '/jupyter')];
    expect(editor.quiet).toBe(false);
    editor.note(120.4);
    expect([editor.quiet, jupyter.quiet]).toEqual([true, false]);
    jupyter.note(4_000);
    expect([editor.quiet, jupyter.quiet]).toEqual([true, false]);
    expect(isQuiet(['keychain'], editor)).toBe(true);
    expect(isQuiet(['passphrase'], editor)).toBe(false);
    expect(isQuiet(['file'], jupyter)).toBe(true);
    editor.locked = true;
    expect([isQuiet(['keychain'], editor), isQuiet(['file'], jupyter)]).toEqual([false, false]);
    editor.note(100);
    expect(isQuiet(['keychain'], editor)).toBe(false);
    jupyter.locked = false;
    expect(isQuiet(['keychain'], editor)).toBe(true);
    editor.note(null);
    expect(editor.quiet).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
