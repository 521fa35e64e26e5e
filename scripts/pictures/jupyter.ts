import { cp } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { Lab, WINDOW } from '../../test/hosts/jupyterlab/lab.ts';
import { startHost } from '../../test/hosts/jupyterlab/server.ts';
import { buildLabextension, carryService, packWheel } from '../build/wheel.ts';
import { root } from '../places.ts';
import { makeSampleVault } from './sample-vault.ts';
import { PASSPHRASE, take } from './take.ts';

const SIDE_BAR = 340;

export async function picturesOfJupyter(browser: Browser): Promise<void> {
  await carryService();
  await buildLabextension();
  await packWheel();
  const host = await startHost();
  try {
    await cp(path.join(root, 'scripts/start/workspace'), host.workspace, { recursive: true });
    await makeSampleVault(host.secretsHome, PASSPHRASE);
    const context = await browser.newContext({ ...WINDOW, viewport: { width: 1280, height: 760 } });
    const lab = await Lab.openIn(context, host, 'lab/tree/forecast.ipynb?reset');
    await lab.secrets.open();
    await widenSideBar(lab);
    await lab.secrets.button('Open Secrets').click();
    await lab.page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await lab.page.keyboard.press('Enter');
    await lab.secrets.row('WEATHER_API_KEY').waitFor();

    const cell = lab.page.locator('.jp-CodeCell .cm-line', { hasText: 'api_key' });
    await cell.click();
    await lab.page.keyboard.press('End');
    await lab.secrets.act('Insert reference to', 'WEATHER_API_KEY');
    await cell.filter({ hasText: 'os.environ["WEATHER_API_KEY"]' }).waitFor();
    await lab.closeNotifications();
    await keep(lab, 'jupyterlab');

    await lab.secrets.button('Create Secret').click();
    await lab.secrets.form('Create Secret').field('Name').fill('weather-key');
    await keep(lab, 'jupyterlab-create');
    await lab.close();
  } finally {
    await host.stop();
  }
}

async function widenSideBar({ page, secrets }: Lab): Promise<void> {
  const before = await secrets.root.boundingBox();
  if (!before) throw new Error('There is no side bar.');
  const edge = before.x + before.width + 2;
  await page.mouse.move(edge, 500);
  await page.mouse.down();
  await page.mouse.move(before.x + SIDE_BAR, 500, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(900, 700);
}

function keep({ page }: Lab, name: string): Promise<void> {
  return take(page, name, async (scheme) => {
    await page.locator(`body[data-jp-theme-light="${scheme === 'light'}"]`).waitFor({ state: 'attached' });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  });
}
