import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

/**
 * Waits until no other live process holds the file, then holds it: two terminals may set up the same clone at once.
 * Returns what gives it back. A holder that no longer lives (an interrupted set-up) is passed over.
 */
export async function waitForTurn(file, say) {
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = holderOf(file);
    if (holder === null) rmSync(file, { force: true });
    else {
      if (!waited) say(`Another set-up of this clone is running (process ${holder}); waiting for it …`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** The live process that holds the file, or null. */
function holderOf(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (!pid) return Date.now() - statSync(file).mtimeMs < 5000 ? 'just starting' : null;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : null;
  }
}
