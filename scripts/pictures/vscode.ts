import { cp } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { startHost } from '../../test/hosts/vscode/server.ts';
import { BOTH_COLOURS, Workbench, WINDOW } from '../../test/hosts/vscode/interface/workbench.ts';
import { hostTarget } from '../build/targets.ts';
import { packVsix } from '../build/vsix.ts';
import { root } from '../places.ts';
import { makeSampleVault } from './sample-vault.ts';
import { PASSPHRASE, take } from './take.ts';

const SIDE_BAR = 372;
/** Nothing in the picture that is not about secrets, nor depends on what else this machine runs. */
const SETTINGS = { ...BOTH_COLOURS, 'breadcrumbs.enabled': false, 'remote.autoForwardPorts': false };

export async function picturesOfVsCode(browser: Browser): Promise<void> {
  const vsix = [await packVsix(hostTarget())];
  const inWindow = (show: (window: Workbench) => Promise<void>, passphrase?: string): Promise<void> =>
    withWindow(browser, vsix, show, passphrase);
  await firstRun(inWindow);
  await work(inWindow);
}

type InWindow = (show: (window: Workbench) => Promise<void>, passphrase?: string) => Promise<void>;

async function firstRun(inWindow: InWindow): Promise<void> {
  await inWindow(async (window) => {
    await window.secrets.button('Use the Local Vault').waitFor();
    await keep(window, 'first-run');
  });
}

async function work(inWindow: InWindow): Promise<void> {
  await inWindow(async (window) => {
    await window.secrets.button('Open Secrets').click();
    await window.quickInput.answer('The passphrase', PASSPHRASE);
    await window.secrets.row('WEATHER_API_KEY').waitFor();

    await window.openFile('forecast.ipynb');
    const cell = window.page.locator('.notebook-editor .cell.code .view-line', { hasText: 'api_key =' });
    await cell.click();
    await window.page.keyboard.press('End');
    await window.run('Datalayer Secrets: Insert Reference to Secret…');
    await window.quickInput.pick('WEATHER_API_KEY');
    await cell.filter({ hasText: 'os.environ["WEATHER_API_KEY"]' }).waitFor();
    await window.page.keyboard.press('Control+S');
    await window.closeNotifications();
    await window.page.mouse.wheel(0, -2_000);
    await keep(window, 'overview');

    await window.run('Datalayer Secrets: Create Secret…');
    await window.quickInput.box.fill('weather-key');
    await window.quickInput.message('Not usable as an environment variable').waitFor();
    await keep(window, 'create');
    await window.page.keyboard.press('Escape');

    await window.run('Datalayer Secrets: Find Secret…');
    await window.quickInput.box.fill('forecast');
    await window.quickInput.row('OPENAI_API_KEY').waitFor();
    await keep(window, 'find');
  }, PASSPHRASE);
}

/** Opens a window on the samples with the view open and wide enough for names; with a passphrase, the sample vault is there. */
async function withWindow(
  browser: Browser,
  vsix: readonly string[],
  show: (window: Workbench) => Promise<void>,
  passphrase?: string,
): Promise<void> {
  const host = await startHost({ vsix, settings: SETTINGS });
  try {
    await cp(path.join(root, 'scripts/start/workspace'), host.workspace, { recursive: true });
    if (passphrase !== undefined) await makeSampleVault(host.secretsHome, passphrase);
    const context = await browser.newContext({ ...WINDOW, viewport: { width: 1280, height: 760 } });
    const window = await Workbench.openIn(context, host);
    await window.secrets.open();
    await widenSideBar(window);
    await show(window);
    await window.close();
  } finally {
    await host.stop();
  }
}

async function widenSideBar({ page, secrets }: Workbench): Promise<void> {
  const before = await secrets.root.boundingBox();
  if (!before) throw new Error('There is no side bar.');
  const edge = before.x + before.width;
  await page.mouse.move(edge, 500);
  await page.mouse.down();
  await page.mouse.move(edge + SIDE_BAR - before.width, 500, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(800, 600);
}

function keep({ page }: Workbench, name: string): Promise<void> {
  return take(page, name, (scheme) =>
    page.locator(`.monaco-workbench.${scheme === 'light' ? 'vs' : 'vs-dark'}`).waitFor(),
  );
}
