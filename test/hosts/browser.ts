import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { tools } from '../../scripts/places.ts';

/** Where Playwright keeps a browser that it brought itself, when the machine has none. */
export const playwrightBrowsers = path.join(tools, 'browsers');

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
// Without these a fresh Chromium looks up hosts of its own at every start.
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium of this machine or of the clone, or null. */
export function findChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const installed = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
  if (installed) return installed;
  process.env.PLAYWRIGHT_BROWSERS_PATH ??= playwrightBrowsers;
  const brought = chromium.executablePath();
  return existsSync(brought) ? brought : null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A headless browser whose profiles are kept in memory. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: QUIET });
}

/** A headless browser with one profile, in a folder, as a user's browser has it. `temp`: where it puts temporary files. */
export function launchProfile(
  folder: string,
  temp: string,
  options: BrowserContextOptions,
  more: readonly string[] = [],
): Promise<BrowserContext> {
  const env = { ...process.env, TMPDIR: temp };
  const args = [...QUIET, ...more];
  return chromium.launchPersistentContext(folder, { executablePath: chromiumPath(), args, env, ...options });
}

function chromiumPath(): string {
  const found = findChromium();
  if (!found) throw new Error('No Chromium found; apt-get install chromium');
  return found;
}
