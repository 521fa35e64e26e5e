import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../places.ts';

/** The vault in the pictures opens by this. */
export const PASSPHRASE = 'seven paper boats';
export const folder = path.join(root, 'docs/pictures');

/**
 * Keeps a page as it is now, in light and in dark; `settled` waits until it has taken the colours. `animations`: whether those that
 * run are allowed to, or brought to their ends.
 */
export async function take(
  page: Page,
  name: string,
  settled: (scheme: 'light' | 'dark') => Promise<void>,
  animations: 'allow' | 'disabled' = 'disabled',
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await settled(scheme);
    const file = path.join(folder, `${name}-${scheme}.png`);
    await page.screenshot({ path: file, animations, caret: 'hide' });
    console.log(`${path.relative(root, file)}  ${Math.round((await stat(file)).size / 1000)} kB`);
  }
}
